import { initTRPC } from '@trpc/server'
import { AppError } from '../../shared/app-error.ts'
import type { KeepsBy } from '../access/keep-to-groups.ts'
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
  /** How keys of groups are kept to them; undefined where these may not call it. */
  readonly keepsBy?: readonly KeepsBy[]
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
    throw trpcErrorOf(await tellMore(appErrorOf(cause), ctx.db, ctx.principal))
  return result
})

export const { router } = trpc

/**
 * The one way to a procedure: whoever calls it needs the permission, before the input is looked at. Keys of groups are kept to them by
 * these fields of the input; where none are named, they may not call it.
 */
export function procedureFor(needs: Needs, ...keepsBy: readonly KeepsBy[]) {
  const meta = keepsBy.length === 0 ? { needs } : { needs, keepsBy }
  return trpc.procedure
    .meta(meta)
    .use(withErrorCodes)
    .use(async ({ ctx, getRawInput, next }) => {
      requirePermission(ctx.principal, needs)
      if (ctx.principal.groups.length === 0) return next()
      const fields = fieldsOf(await getRawInput())
      // Most commands and servers do without.
      const { keptToGroups } = await import('../access/keep-to-groups.ts')
      const kept = await keptToGroups(ctx.db, ctx.principal, meta.keepsBy, fields)
      return next({ getRawInput: async () => kept })
    })
}

/** What is no object is for the schema to refuse. */
function fieldsOf(input: unknown): Readonly<Record<string, unknown>> {
  if (input === undefined) return {}
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input }
  throw new AppError('invalid', 'the input is no object')
}
