import { QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../../server/api/router.ts'
import { serverAnswered, serverIsGone } from './server-state.ts'

const url = '/trpc'

/** A request for each call: what is quick need not wait for what is not. */
export const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url }),
      false: httpLink({ url }),
    }),
  ],
})

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => (isUnanswered(error) ? serverIsGone() : serverAnswered()),
    onSuccess: serverAnswered,
  }),
  defaultOptions: {
    queries: {
      // News says when there is something new; and the server may be on this machine, without any network.
      staleTime: Infinity,
      networkMode: 'always',
      refetchOnWindowFocus: false,
      retry: false,
    },
  },
})

/** Options for `useQuery` and the like, by procedure. */
export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient })

/** Whether nothing of ours has answered. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false
  return (error as TRPCClientError<AppRouter>).data?.appErrorCode === undefined
}
