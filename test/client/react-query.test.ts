import { QueryClient } from '@tanstack/react-query'
import { TRPCClientError } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { expect, expectTypeOf, test } from 'vitest'
import type { ListedRow } from '../../client/index.ts'
import { createStoreMonitorTrpcClient, type AppRouter, type ClientOptions } from '../../client/trpc.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'

const polls = 'store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n'

function reactQuery(options: ClientOptions) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const client = createStoreMonitorTrpcClient(options)
  return { queryClient, trpc: createTRPCOptionsProxy<AppRouter>({ client, queryClient }) }
}

test('React Query asks by the options that tRPC makes of the client: queries, keys and mutations', async () => {
  await using server = await runningServer()
  await server.upload(polls)
  const { queryClient, trpc } = reactQuery({ url: server.url })
  expect(await queryClient.query(trpc.report.list.queryOptions())).toEqual({
    items: [],
    nextCursor: null,
  })
  const trigger = queryClient.getMutationCache().build(queryClient, trpc.report.trigger.mutationOptions())
  expect(await trigger.execute({ reach: '12h' })).toMatchObject({ state: 'queued', reach: '12h' })
  const { report_id: reportId } = (await finishedReport(server.url)) as { report_id: string }
  await queryClient.invalidateQueries(trpc.report.pathFilter())
  const { items } = await queryClient.query(trpc.report.list.queryOptions())
  expect(items.map((report) => report.reach)).toEqual(['24h', '12h'])
  const { pages } = await queryClient.infiniteQuery({
    ...trpc.report.list.infiniteQueryOptions(
      { limit: 1 },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
    pages: 3,
  })
  expect(pages.map((page) => page.items[0]!.reach)).toEqual(['24h', '12h'])

  const rows = await queryClient.query(trpc.report.rows.queryOptions({ reportId, sortBy: 'uptimeLastDayMs' }))
  expectTypeOf(rows.items).toEqualTypeOf<ListedRow[]>()
  expect(rows.items).toMatchObject([{ storeId: 'a' }])
  expect(queryClient.getQueryData(trpc.report.rows.queryKey({ reportId, sortBy: 'uptimeLastDayMs' }))).toBe(
    rows,
  )
  // @ts-expect-error no such order
  expect(() => trpc.report.rows.queryOptions({ reportId, sortBy: 'mood' })).not.toThrow()
})

test('an error is that of tRPC, with our code', async () => {
  await using server = await runningServer()
  const { queryClient, trpc } = reactQuery({ url: server.url })
  const error: unknown = await queryClient
    .query(trpc.store.uptime.queryOptions({ storeId: 'nowhere' }))
    .catch((error: unknown) => error)
  expect(error).toBeInstanceOf(TRPCClientError)
  const { data } = error as TRPCClientError<AppRouter>
  expect(data?.appErrorCode).toBe('conflict')
})

test('a subscription follows a report, and headers go with every request', async () => {
  await using server = await runningServer()
  await server.upload(polls)
  const seen = new Set<string | null>()
  const client = createStoreMonitorTrpcClient({
    url: server.url,
    headers: () => ({ authorization: 'Bearer 1' }),
    fetch: (input, init) => {
      seen.add(new Request(input, init).headers.get('authorization'))
      return fetch(input, init)
    },
  })
  const { reportId } = await client.report.trigger.mutate({})
  const states: string[] = []
  await new Promise<void>((resolve, reject) => {
    client.report.progress.subscribe(
      { reportId },
      { onData: ({ data }) => states.push(data.state), onError: reject, onComplete: resolve },
    )
  })
  expect(states.at(-1)).toBe('complete')
  expect([...seen]).toEqual(['Bearer 1'])
})
