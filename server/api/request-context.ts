/** What is known of a request before it is handled. */
import type { Context, MiddlewareHandler } from 'hono'
import { toAppError } from '../../shared/app-error.ts'
import { bearerTokenOf, keyNeeded } from '../access/access.ts'
import { isLoopbackAddress } from '../access/loopback.ts'
import { streamWhile } from '../access/stream-while.ts'
import { anybody, nobody, operator, type Principal } from '../access/principal.ts'
import type { ApiParts } from './api-parts.ts'
import { isEventStream } from './rest/event-stream.ts'
import type { SiteRules } from './same-site.ts'
import type { Cookie } from './session-cookie.ts'
import { notOfOwnPage, sessionEnded } from './sessions.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks; absent where the host is not answered to. */
    principal: Principal
    /** What the browser is to send from now on. */
    newSessionToken: string | undefined
  }
}

type OwnSession = NonNullable<Principal['session']>

export interface CallerSetting {
  /** The address that the server listens on; undefined where it is called in its own process. */
  readonly listensOn?: string
  /** Whether nobody is ever asked for a key. */
  readonly insecure?: boolean
}

export interface CallerParts extends Pick<ApiParts, 'access'> {
  readonly cookie: Cookie
  readonly site: Pick<SiteRules, 'isOwnRequest'>
  /** Where all may, and it is not asked who it is. */
  readonly publicPaths: ReadonlySet<string>
}

/**
 * Tells who asks. Without any key that is anybody on loopback, and nobody elsewhere. Where all may, it is not looked up: that the
 * process is alive is told without the database.
 */
export function knowCaller(
  { access, cookie, site, publicPaths }: CallerParts,
  { listensOn, insecure }: CallerSetting,
): MiddlewareHandler {
  const isLocal = listensOn !== undefined && isLoopbackAddress(listensOn)

  async function callerOf(context: Context): Promise<Principal> {
    const { req } = context
    if (listensOn === undefined) return operator
    if (insecure) return anybody
    if (publicPaths.has(req.path)) return nobody(keyNeeded())
    try {
      const authorization = req.header('authorization')
      if (isLocal && !(await access.asksWho(authorization))) return anybody
      // A proxy may have put another kind of it there.
      if (bearerTokenOf(authorization) === undefined) {
        const token = cookie.read(context)
        if (token !== undefined && site.isOwnRequest(context)) return await callerOfSession(context, token)
        if (token !== undefined) return nobody(notOfOwnPage())
      }
      return await access.principalOf(authorization)
    } catch (error) {
      return nobody(toAppError(error)) // files of the page are served all the same
    }
  }

  async function callerOfSession(context: Context, token: string): Promise<Principal> {
    const found = await access.sessions.find(token)
    if (found === undefined) return nobody(sessionEnded())
    if (found.newToken !== undefined) context.set('newSessionToken', found.newToken)
    return found.principal
  }

  /** Whether a stream of events may go on that was begun. */
  async function isLetIn({ session, keyId }: Principal): Promise<boolean> {
    if (session !== undefined) return access.sessions.isOpen(session.tokenId)
    return keyId === undefined ? !(await access.asksWho()) : access.isInForce(keyId)
  }

  function endWithCaller(context: Context, principal: Principal): void {
    const { body } = context.res // asked of no other answer: a text would have to be made into a stream
    if (body === null) return
    const stream = streamWhile(body, () => isLetIn(principal))
    context.res = new Response(stream, context.res)
  }

  function tellNewToken(context: Context, principal: Principal, session: OwnSession): void {
    const newToken = context.get('newSessionToken')
    const isStill = context.get('principal') === principal // or who signed in has another session, or none
    if (newToken !== undefined && isStill) cookie.write(context, newToken, session.expiresAt)
  }

  return async (context, next) => {
    const principal = await callerOf(context)
    context.set('principal', principal)
    await next()
    if (principal.session !== undefined) tellNewToken(context, principal, principal.session)
    const isAsked = !insecure && listensOn !== undefined
    if (isAsked && isEventStream(context.res)) endWithCaller(context, principal)
  }
}

/** Tells who is not known that a key is needed: of each answer of 401. */
export const challenge = { 'www-authenticate': 'Bearer realm="store-monitor"' }
