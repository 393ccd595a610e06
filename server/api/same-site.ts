/**
 * Which pages a browser may let call this server. A browser sends what any page asks for: to read an answer the page needs
 * the server's leave, which it never has, but to change something it needs none. Programs say neither of the two headers.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { AppError } from '../../shared/app-error.ts'
import { isLoopback } from '../../shared/loopback.ts'
import { bearerTokenOf } from '../access/access.ts'
import { isLoopbackAddress } from '../access/loopback.ts'

export interface SiteSetting {
  /** The address that the server listens on; undefined where it is called in its own process. */
  readonly listensOn?: string
  /** Whether nobody is asked for a key. */
  readonly insecure?: boolean
  readonly publicUrl: string | undefined
  /** Whose pages may call with a key. */
  readonly allowedOrigins?: readonly string[]
}

export interface SiteRules {
  /**
   * Takes only requests whose Host the server can have. On loopback those are the loopback names and PUBLIC_URL's: any
   * other is a page's, whose name was made to lead here (DNS rebinding). Elsewhere, where nobody is asked for a key, any but
   * those that a stranger can have: names of the internet.
   */
  readonly ownHost: MiddlewareHandler
  /** Refuses what changes something, as its method says. */
  readonly ownPages: MiddlewareHandler
  /** Throws a `forbidden` AppError where a page of another origin asks. */
  refuseOtherPages(context: Context): void
  /**
   * Whether the cookie of a request counts: what reads is no page's of another origin, and what changes something is surely a page's
   * of this one, as the browser says.
   */
  isOwnRequest(context: Context): boolean
}

export function siteRules({
  listensOn,
  insecure = false,
  publicUrl,
  allowedOrigins = [],
}: SiteSetting): SiteRules {
  const ownUrl = publicUrl === undefined ? undefined : new URL(publicUrl)
  const isLocal = listensOn !== undefined && isLoopbackAddress(listensOn)

  function hostsOf(context: Context): (string | undefined)[] {
    return [urlOf(context).host, ownUrl?.host]
  }

  /** What no other page, no link and no program can have a browser say. */
  function isOwnOrigin(context: Context): boolean {
    const site = context.req.header('sec-fetch-site')
    if (site !== undefined) return site === 'same-origin'
    return (
      context.req.header('origin') !== undefined &&
      isOwnPage(undefined, context.req.header('origin'), hostsOf(context))
    )
  }

  /** With a key alone: no page has a browser send that which was not allowed to. */
  function isAllowedOrigin({ req }: Context): boolean {
    const hasKey = bearerTokenOf(req.header('authorization')) !== undefined
    return hasKey && allowedOrigins.includes(req.header('origin') ?? '')
  }

  function refuseOtherPages(context: Context): void {
    const site = context.req.header('sec-fetch-site')
    const origin = context.req.header('origin')
    const needsCookie = context.get('principal')?.session !== undefined
    if (isAllowedOrigin(context)) return
    if (needsCookie ? isOwnOrigin(context) : isOwnPage(site, origin, hostsOf(context))) return
    throw new AppError(
      'forbidden',
      `${context.req.method} ${urlOf(context).pathname} was asked for by a page of another origin (${said(site, origin)}), ` +
        'which may not change anything here: send it from a program or from a page of this server; ' +
        'where a proxy stands before the server, set PUBLIC_URL to the address that callers use; ' +
        'pages elsewhere that have a key of their own may, where allowedOrigins names them',
    )
  }

  return {
    async ownHost(context, next) {
      const { host, hostname } = urlOf(context)
      const isOther = hostname !== ownUrl?.hostname
      if (isLocal && isOther && !isLoopback(hostname)) {
        throw new AppError(
          'forbidden',
          `this server listens on ${listensOn} and does not answer to the host "${host}": call it as 127.0.0.1 or ` +
            `localhost; where callers know it as ${host}, by a proxy, set PUBLIC_URL to that address`,
        )
      }
      if (!isLocal && insecure && isOther && isOfInternet(hostname)) {
        throw new AppError(
          'forbidden',
          `this server asks for no keys, and does not answer to the host "${host}", which a stranger's page could have: ` +
            `call it by its address; where it is known as ${host}, set PUBLIC_URL to that address`,
        )
      }
      await next()
    },
    async ownPages(context, next) {
      if (!readingMethods.has(context.req.method)) refuseOtherPages(context)
      await next()
    },
    refuseOtherPages,
    isOwnRequest(context) {
      if (!readingMethods.has(context.req.method)) return isOwnOrigin(context)
      return isOwnPage(context.req.header('sec-fetch-site'), context.req.header('origin'), hostsOf(context))
    },
  }
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Browsers say `Sec-Fetch-Site` to https and to loopback: `none` is what a person typed. `Origin` is what they say of a
 * POST elsewhere, and what older ones say.
 */
function isOwnPage(
  site: string | undefined,
  origin: string | undefined,
  ownHosts: readonly (string | undefined)[],
): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (origin === undefined) return true
  const host = URL.parse(origin)?.host // a proxy may have taken https off, so that the schemes differ
  return host !== undefined && ownHosts.includes(host)
}

function said(site: string | undefined, origin: string | undefined): string {
  const fields = Object.entries({ 'Sec-Fetch-Site': site, Origin: origin })
  return fields.flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`)).join(', ')
}

/** The request's URL, with its Host; one that is none, such as `1.2.3.4.5`, is an `invalid` AppError. */
function urlOf(context: Context): URL {
  const url = URL.parse(context.req.url)
  if (url === null) {
    const host = context.req.header('host') ?? ''
    throw new AppError('invalid', `the Host "${host}" is neither a name nor an address`)
  }
  return url
}

const privateNames = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa|test)$/

/** Whether anybody could have a name registered, and have it lead here. */
function isOfInternet(hostname: string): boolean {
  const isAddress = hostname.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(hostname)
  return !isAddress && hostname.includes('.') && !privateNames.test(hostname)
}
