import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, type TRPCClient } from '@trpc/client'
import { EventSource as FetchingEventSource } from 'eventsource'
import type { AppRouter } from '../server/api/router.ts'
import { errorOfCall, errorOfFetch, errorOfResponse } from './errors.ts'

type Headers = Readonly<Record<string, string>>

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:8000`; a path that a proxy puts before it is kept. */
  readonly url: string | URL
  /** Instead of the global one: to go through a proxy, or to call a server in the same process. */
  readonly fetch?: typeof globalThis.fetch
  /** Sent with every request. */
  readonly headers?: Headers | (() => Headers | Promise<Headers>)
}

/** Where the client's requests go. */
export interface Caller {
  readonly url: string
  readonly procedures: TRPCClient<AppRouter>
  /** Sends a REST request. Throws an AppError where the answer is not a success. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

export function createCaller({ url, fetch = globalThis.fetch, headers = {} }: ClientOptions): Caller {
  const base = String(url).replace(/\/+$/, '')
  const trpcUrl = `${base}/trpc`
  const allHeaders = async () => (typeof headers === 'function' ? headers() : headers)
  const procedures = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: subscriptionLink(),
        false: httpLink({
          url: trpcUrl,
          fetch: fetch as never,
          headers: async () => ({ ...(await allHeaders()) }),
        }),
      }),
    ],
  })

  function subscriptionLink() {
    const isPlain =
      fetch === globalThis.fetch && typeof headers !== 'function' && Object.keys(headers).length === 0
    // Absent in Node.js unless a flag is given.
    if (isPlain && typeof globalThis.EventSource === 'function') {
      return httpSubscriptionLink<AppRouter, typeof EventSource>({ url: trpcUrl })
    }
    return httpSubscriptionLink<AppRouter, typeof FetchingEventSource>({
      url: trpcUrl,
      EventSource: FetchingEventSource,
      eventSourceOptions: {
        fetch: async (input, init) =>
          fetch(input, { ...init, headers: { ...init.headers, ...(await allHeaders()) } }),
      },
    })
  }

  return {
    url: base,
    procedures: withAppErrors(procedures, base),
    async fetch(path, init = {}) {
      const sent = new Headers(init.headers)
      for (const [name, value] of Object.entries(await allHeaders())) sent.set(name, value)
      let response: Response
      try {
        response = await fetch(`${base}${path}`, { ...init, headers: sent })
      } catch (error) {
        throw errorOfFetch(error, base)
      }
      if (!response.ok) throw await errorOfResponse(response)
      return response
    },
  }
}

/** The same procedures, whose promises are rejected with AppErrors. */
function withAppErrors<Procedures extends object>(procedures: Procedures, url: string): Procedures {
  return new Proxy(procedures, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver)
      return typeof member === 'function' ? withAppErrors(member, url) : member
    },
    apply(target, self, args) {
      const result: unknown = Reflect.apply(target as () => unknown, self, args)
      if (!(result instanceof Promise)) return result
      return result.catch((error: unknown) => {
        throw errorOfCall(error, url)
      })
    },
  })
}
