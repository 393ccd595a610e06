import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../../server/api/router.ts'
import { serverAnswered, serverIsGone } from './server-state.ts'
import { mustSignIn } from './sign-in-state.ts'

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
    onError(error) {
      if (isUnanswered(error)) serverIsGone()
      else serverAnswered()
      askWhere(error)
    },
    onSuccess: serverAnswered,
  }),
  mutationCache: new MutationCache({ onError: askWhere }),
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

function askWhere(error: unknown): void {
  if (codeOf(error) === 'unauthenticated') mustSignIn()
}

/** undefined where nothing of ours has answered. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof TRPCClientError)) return undefined
  return (error as TRPCClientError<AppRouter>).data?.appErrorCode
}

/** Whether nothing of ours has answered. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof TRPCClientError && codeOf(error) === undefined
}
