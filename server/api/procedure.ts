import { initTRPC } from '@trpc/server'
import { AppError } from '../../shared/app-error.ts'
import type { Needs } from '../access/permissions.ts'
import { requirePermission, type Principal } from '../access/principal.ts'
import type { ApiParts } from './api-parts.ts'
import { appErrorOf, appErrorOfTrpc, trpcErrorOf } from './errors.ts'
import { tellMore } from './tell-more.ts'

/** What procedures are given. */
export interface CallContext extends ApiParts {
  /** Who asks. */
  readonly principal: Principal
  /** Whom the limits count the call for. */
  readonly caller: string
}

/** What is known of each procedure. */
export interface ProcedureMeta {
  readonly needs: Needs
}

const trpc = initTRPC
  .context<CallContext>()
  .meta<ProcedureMeta>()
  .create({
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

/** The one way to a procedure: whoever calls it needs the permission, before the input is looked at. */
export function procedureFor(needs: Needs) {
  return trpc.procedure
    .meta({ needs })
    .use(withErrorCodes)
    .use(({ ctx, next }) => {
      requirePermission(ctx.principal, needs)
      return next()
    })
}
