import { createTRPCClient, type TRPCClient, type TRPCLink } from '@trpc/client'
import type { AppRouter } from '../server/api/router.ts'
import { errorOfCall, errorOfFetch, errorOfResponse, notOurServer } from './errors.ts'

type HeaderFields = Readonly<Record<string, string>>

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:8000`; a path that a proxy puts before it is kept. */
  readonly url: string | URL
  /** Instead of the global one: to go through a proxy, or to call a server in the same process. */
  readonly fetch?: typeof globalThis.fetch
  /** The key that the server knows the caller by. */
  readonly key?: string
  /** Sent with every request. */
  readonly headers?: HeaderFields | (() => HeaderFields | Promise<HeaderFields>)
}

/** Where the client's requests go. */
export interface Caller {
  readonly url: string
  readonly procedures: TRPCClient<AppRouter>
  /** Sends a REST request. Throws an AppError where the answer is not a success. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

/** Its procedures are called through `link`. */
export function createCaller(options: ClientOptions, link: TRPCLink<AppRouter>): Caller {
  const { fetch = globalThis.fetch } = options
  const url = baseOf(options)
  return {
    url,
    procedures: withAppErrors(createTRPCClient<AppRouter>({ links: [link] }), url),
    async fetch(path, init = {}) {
      const sent = new Headers(init.headers)
      for (const [name, value] of Object.entries(await allHeaders(options))) sent.set(name, value)
      let response: Response
      try {
        response = await fetch(`${url}${path}`, { ...init, headers: sent })
      } catch (error) {
        throw errorOfFetch(error, url)
      }
      if (!response.ok) throw await errorOfResponse(response)
      return response
    },
  }
}

export function baseOf({ url }: ClientOptions): string {
  return String(url).replace(/\/+$/, '')
}

export async function allHeaders({ key, headers = {} }: ClientOptions): Promise<Record<string, string>> {
  const given = typeof headers === 'function' ? await headers() : headers
  return { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...given }
}

/** The same procedures, whose promises are rejected with AppErrors. `name` is where they stand in the router. */
function withAppErrors<Procedures extends object>(
  procedures: Procedures,
  url: string,
  name = '',
): Procedures {
  return new Proxy(procedures, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver)
      return typeof member === 'function' ? withAppErrors(member, url, `${name}.${String(key)}`) : member
    },
    apply(target, self, args) {
      const result: unknown = Reflect.apply(target as () => unknown, self, args)
      return result instanceof Promise ? ofOurServer(result, url, name) : result
    },
  })
}

async function ofOurServer(answer: Promise<unknown>, url: string, name: string): Promise<unknown> {
  try {
    const value = await answer
    if (isTold(name, value)) return value
  } catch (error) {
    throw errorOfCall(error, url)
  }
  throw notOurServer(url)
}

/** A field by which the answer of a procedure is told from those of other programs that speak tRPC or JSON. */
const tellingFields: readonly (readonly [name: RegExp, field: string])[] = [
  [
    /\.(list|told|down|pushed|watched|rows|changes|periodRows|periodGroups|rejectedRows|rejectedStores|stores)\.query$/,
    'items',
  ],
  [/^\.report\./, 'reportId'],
  [/^\.import\./, 'importId'],
  [/^\.store\.(strips|suggest)\./, 'length'],
  [/^\.outage\.groups\./, 'groups'],
  [/^\.store\./, 'storeId'],
  [/^\.poll\.ingest\./, 'accepted'],
  [/^\.poll\./, 'polls'],
  [/^\.data\./, 'findings'],
  [/^\.incident\.simulate\./, 'days'],
  [/^\.incident\./, 'incidentId'],
  [/^\.alertRule\./, 'version'],
  [/^\.key\./, 'prefix'],
  [/^\.session\.revoke\./, 'sessionId'],
  [/^\.session\./, 'permissions'],
  [/^\.retention\./, 'items'],
  [/^\.health\./, 'database'],
]

function isTold(name: string, answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false
  const [, field = ''] = tellingFields.find(([pattern]) => pattern.test(name)) ?? []
  const value = (answer as Record<string, unknown>)[field]
  return field === '' || (field === 'items' ? Array.isArray(value) : value !== undefined)
}
