/** What is known of a request before it is handled. */
import type { Context, MiddlewareHandler } from 'hono'
import { toAppError } from '../../shared/app-error.ts'
import { keyNeeded, type Access } from '../access/access.ts'
import { isLoopbackAddress } from '../access/loopback.ts'
import { streamWhile } from '../access/stream-while.ts'
import { anybody, nobody, operator, type Principal } from '../access/principal.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks; absent where the host is not answered to. */
    principal: Principal
  }
}

export interface CallerSetting {
  /** The address that the server listens on; undefined where it is called in its own process. */
  readonly listensOn?: string
  /** Whether nobody is ever asked for a key. */
  readonly insecure?: boolean
}

/**
 * Tells who asks. Without any key that is anybody on loopback, and nobody elsewhere. Where all may, it is not looked up: that the
 * process is alive is told without the database.
 */
export function knowCaller(
  access: Access,
  { listensOn, insecure }: CallerSetting,
  publicPaths: ReadonlySet<string>,
): MiddlewareHandler {
  const isLocal = listensOn !== undefined && isLoopbackAddress(listensOn)

  async function callerOf({ req }: Context): Promise<Principal> {
    if (listensOn === undefined) return operator
    if (insecure) return anybody
    if (publicPaths.has(req.path)) return nobody(keyNeeded())
    try {
      const authorization = req.header('authorization')
      if (isLocal && !(await access.hasKeys(authorization))) return anybody
      return await access.principalOf(authorization)
    } catch (error) {
      return nobody(toAppError(error)) // files of the page are served all the same
    }
  }

  return async (context, next) => {
    const principal = await callerOf(context)
    context.set('principal', principal)
    await next()
    const { keyId } = principal
    if (keyId !== undefined && isEventStream(context.res)) {
      const body = streamWhile(context.res.body!, () => access.isInForce(keyId))
      context.res = new Response(body, context.res)
    }
  }
}

function isEventStream({ body, headers }: Response): boolean {
  return body !== null && (headers.get('content-type')?.startsWith('text/event-stream') ?? false)
}

/** Tells who is not known that a key is needed: of each answer of 401. */
export const challenge = { 'www-authenticate': 'Bearer realm="store-monitor"' }
