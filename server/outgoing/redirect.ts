import { OutgoingError } from './outgoing-error.ts'

export interface Asked {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * What is to be asked next where an answer leads elsewhere; undefined where it does not. What was to be told to one origin
 * is not told to another.
 */
export function redirected(
  asked: Asked,
  answer: { readonly status: number; readonly location: string | undefined },
): Asked | undefined {
  if (!redirects.has(answer.status) || answer.location === undefined) return undefined
  const { url, method, headers, body } = asked
  const next = URL.parse(answer.location, url)
  if (next === null || !/^https?:$/.test(next.protocol)) {
    throw new OutgoingError('redirects', `${url.host}: it leads to what is no address of http or https`)
  }
  const isSameOrigin = next.origin === url.origin
  if (next.username === '' && isSameOrigin) {
    next.username = url.username
    next.password = url.password
  }
  const keepsMethod = answer.status >= 307 || method === 'GET' || method === 'HEAD'
  return {
    url: next,
    method: keepsMethod ? method : 'GET',
    headers: isSameOrigin ? headers : {},
    ...(keepsMethod && isSameOrigin ? { body } : {}),
  }
}
