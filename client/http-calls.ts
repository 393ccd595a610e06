import { httpLink, httpSubscriptionLink, splitLink, type TRPCLink } from '@trpc/client'
import { EventSource as FetchingEventSource } from 'eventsource'
import type { AppRouter } from '../server/api/router.ts'
import { allHeaders, baseOf, type ClientOptions } from './call.ts'

/** Calls over HTTP; all but subscriptions go through `requests`. */
export function httpCalls(
  options: ClientOptions,
  requests: TRPCLink<AppRouter> = requestForEach(options),
): TRPCLink<AppRouter> {
  return splitLink({
    condition: ({ type }) => type === 'subscription',
    true: subscriptions(options),
    false: requests,
  })
}

function requestForEach(options: ClientOptions): TRPCLink<AppRouter> {
  const { fetch = globalThis.fetch } = options
  return httpLink({
    url: trpcUrlOf(options),
    fetch: fetch as never,
    headers: () => allHeaders(options),
  })
}

function subscriptions(options: ClientOptions): TRPCLink<AppRouter> {
  const { fetch = globalThis.fetch, key, headers = {} } = options
  const url = trpcUrlOf(options)
  const sendsNone = key === undefined && typeof headers !== 'function' && Object.keys(headers).length === 0
  const isPlain = fetch === globalThis.fetch && sendsNone
  // Absent in Node.js unless a flag is given.
  if (isPlain && typeof globalThis.EventSource === 'function') {
    return httpSubscriptionLink<AppRouter, typeof EventSource>({ url })
  }
  return httpSubscriptionLink<AppRouter, typeof FetchingEventSource>({
    url,
    EventSource: FetchingEventSource,
    eventSourceOptions: {
      fetch: async (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, ...(await allHeaders(options)) } }),
    },
  })
}

export function trpcUrlOf(options: ClientOptions): string {
  return `${baseOf(options)}/trpc`
}
