import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import type { AppRouter } from '../../server/api/router.ts'
import type { Report } from '../../shared/report.ts'

export function clientOf(url: string) {
  const trpc = `${url}/trpc`
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: trpc, EventSource }),
        false: httpBatchLink({ url: trpc }),
      }),
    ],
  })
}

export type Client = ReturnType<typeof clientOf>

/** What a report was like, from now to its end. */
export function endOf(client: Client, reportId: Report['reportId']): Promise<Report[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Report[]>()
  const seen: Report[] = []
  client.report.progress.subscribe(
    { reportId },
    { onData: ({ data }) => seen.push(data), onComplete: () => resolve(seen), onError: reject },
  )
  return promise
}
