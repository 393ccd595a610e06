import { initTRPC } from '@trpc/server'
import { AppError } from '../../shared/app-error.ts'
import type { ApiParts } from './api-parts.ts'
import { appErrorOf, appErrorOfTrpc, trpcErrorOf } from './errors.ts'
import { tellMore } from './tell-more.ts'

const trpc = initTRPC.context<ApiParts>().create({
  isDev: false, // no stack traces on the wire
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
  errorFormatter: ({ shape, error }) => {
    const { code, message } = appErrorOfTrpc(error)
    return { ...shape, message, data: { ...shape.data, appErrorCode: code } }
  },
})

/** Gives our errors their tRPC codes. */
const withErrorCodes = trpc.middleware(async ({ ctx, next }) => {
  const result = await next()
  if (result.ok) return result
  const { cause, code } = result.error
  if (cause instanceof AppError || (cause && code === 'INTERNAL_SERVER_ERROR'))
    throw trpcErrorOf(await tellMore(appErrorOf(cause), ctx.db))
  return result
})

export const { router } = trpc
export const procedure = trpc.procedure.use(withErrorCodes)
