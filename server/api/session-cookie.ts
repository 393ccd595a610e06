/** The cookies that a browser keeps a session in, and a sign-in at a provider until it is back. */
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { clientOf } from '../limits/client.ts'
import { connectionOf } from './rest/caller.ts'

export interface Cookie {
  read(context: Context): string | undefined
  write(context: Context, token: string, untilMs: number): void
  clear(context: Context): void
}

/** Whether a proxy that is trusted says so. */
function isSaidSecure(context: Context): boolean {
  const { incoming } = connectionOf(context)
  return incoming !== undefined && clientOf(incoming).isSecure
}

export function sessionCookie(publicUrl: string | undefined, now: () => number): Cookie {
  return cookieNamed({ base: 'store-monitor', sameSite: 'Strict' }, publicUrl, now)
}

/** Sent by the browser also where the provider sends it back. */
export function attemptCookie(publicUrl: string | undefined, now: () => number): Cookie {
  return cookieNamed({ base: 'store-monitor-sign-in', sameSite: 'Lax' }, publicUrl, now)
}

function cookieNamed(
  { base, sameSite }: { readonly base: string; readonly sameSite: 'Strict' | 'Lax' },
  publicUrl: string | undefined,
  now: () => number,
): Cookie {
  const ownUrl = publicUrl === undefined ? undefined : new URL(publicUrl)

  /** Another one for each port, as the browser gives all ports of a host the same cookies. */
  function placeOf(context: Context): { name: string; prefix?: 'host' } {
    const { protocol, host, port } = new URL(context.req.url)
    const name = port === '' ? base : `${base}-${port}`
    const isOwnSecure = ownUrl?.protocol === 'https:' && ownUrl.host === host
    const isSecure = protocol === 'https:' || isOwnSecure || isSaidSecure(context)
    return isSecure ? { name, prefix: 'host' } : { name }
  }

  function set(context: Context, token: string, maxAge: number): void {
    const { name, prefix } = placeOf(context)
    setCookie(context, name, token, {
      httpOnly: true,
      sameSite,
      path: '/',
      maxAge,
      ...(prefix === undefined ? {} : { prefix, secure: true }),
    })
  }

  return {
    read(context) {
      if (context.req.header('cookie') === undefined) return undefined
      const { name, prefix } = placeOf(context)
      return prefix === undefined ? getCookie(context, name) : getCookie(context, name, prefix)
    },
    write: (context, token, untilMs) => set(context, token, Math.max(0, Math.ceil((untilMs - now()) / 1000))),
    clear: (context) => set(context, '', 0),
  }
}
