import { lazy, type TRPCError } from '@trpc/server'
import type { Principal } from '../access/principal.ts'
import type { ApiParts } from './api-parts.ts'
import { readHealth } from './health.ts'
import { procedureFor, router, type CallContext } from './procedure.ts'

/** Each is loaded when one of its procedures is first called: a command calls few. */
export const appRouter = router({
  report: lazy(() => import('./routers/report-router.ts')),
  import: lazy(() => import('./routers/import-router.ts')),
  store: lazy(() => import('./routers/store-router.ts')),
  poll: lazy(() => import('./routers/poll-router.ts')),
  poller: lazy(() => import('./routers/poller-router.ts')),
  source: lazy(() => import('./routers/source-router.ts')),
  outage: lazy(() => import('./routers/outage-router.ts')),
  sales: lazy(() => import('./routers/sales-router.ts')),
  slo: lazy(() => import('./routers/slo-router.ts')),
  incident: lazy(() => import('./routers/incident-router.ts')),
  correction: lazy(() => import('./routers/correction-router.ts')),
  data: lazy(() => import('./routers/data-router.ts')),
  alert: lazy(() => import('./routers/alert-router.ts')),
  alertRule: lazy(() => import('./routers/alert-rule-router.ts')),
  digest: lazy(() => import('./routers/digest-router.ts')),
  key: lazy(() => import('./routers/key-router.ts')),
  retention: lazy(() => import('./routers/retention-router.ts')),
  session: lazy(() => import('./routers/session-router.ts')),
  health: procedureFor('data:read', 'itself').query(({ ctx }) => readHealth(ctx, ctx.principal)),
})

/** The type that the client is made from. */
export type AppRouter = typeof appRouter

/** What answers the router's calls, however they come in. */
export interface RouterCalls {
  readonly router: AppRouter
  createContext(): Promise<CallContext>
  onError(failed: { readonly error: TRPCError }, requestId?: string): void
}

/** Those of a principal, which the limits count for `caller`. */
export function callsOf(parts: ApiParts, principal: Principal, caller = ''): RouterCalls {
  return {
    router: appRouter,
    createContext: async () => ({ ...parts, principal, caller }),
    onError({ error }, requestId) {
      const fields = requestId === undefined ? undefined : { requestId }
      if (error.code === 'INTERNAL_SERVER_ERROR') parts.onError(error.cause ?? error, fields)
    },
  }
}
