import { createTRPCClient, type TRPCClient } from '@trpc/client'
import type { AppRouter } from '../server/api/router.ts'
import type { ClientOptions } from './call.ts'
import { httpCalls } from './http-calls.ts'

export type { AppRouter, ClientOptions }

/**
 * tRPC's own client of a store-monitor server, for what is made for tRPC, such as `@trpc/tanstack-react-query`. Its errors
 * are tRPC's: `error.data.appErrorCode` says what kind of thing went wrong.
 *
 * @example
 * ```ts
 * import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
 * import { createStoreMonitorTrpcClient, type AppRouter } from 'store-monitor/trpc'
 *
 * const client = createStoreMonitorTrpcClient({ url: 'http://127.0.0.1:8000' })
 * const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient })
 * const { items } = await queryClient.query(trpc.report.list.queryOptions())
 * ```
 */
export function createStoreMonitorTrpcClient(options: ClientOptions): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({ links: [httpCalls(options)] })
}
