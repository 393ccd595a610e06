import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'

/** Requests as a page of the server has its browser send them. */
export interface BrowserSession {
  /** What the browser has of the session; empty where it has none. */
  cookie: string
  fetch(path: string, init?: RequestInit): Promise<Response>
}

export function browserSession(serverUrl: string): BrowserSession {
  const session: BrowserSession = {
    cookie: '',
    async fetch(path, init = {}) {
      const headers = new Headers({
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
        ...(init.headers as Record<string, string>),
      })
      if (session.cookie !== '') headers.set('cookie', session.cookie)
      const response = await fetch(serverUrl + path, { redirect: 'manual', ...init, headers })
      for (const set of response.headers.getSetCookie()) session.cookie = keptOf(set)
      return response
    },
  }
  return session
}

function keptOf(setCookie: string): string {
  const [pair = ''] = setCookie.split(';')
  return /max-age=0/i.test(setCookie) ? '' : pair
}

export async function signedIn(serverUrl: string, key: string): Promise<BrowserSession> {
  const session = browserSession(serverUrl)
  const response = await session.fetch('/session', { method: 'POST', body: JSON.stringify({ key }) })
  if (!response.ok) throw new Error(`signing in: ${response.status} ${await response.text()}`)
  return session
}

/** The cookie that a server sets for who signs in by a name that `fetch` could not send. */
export async function cookieSetFor(host: string, serverUrl: string, key: string): Promise<string> {
  const asking = request(`${serverUrl}/session`, { method: 'POST', headers: { host } })
  asking.end(JSON.stringify({ key }))
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  response.resume()
  return response.headers['set-cookie']?.join('\n') ?? ''
}
