/**
 * Which pages of other origins may read answers: those that the operator names, with a key. None has a session here: a browser is
 * never told that cookies may come along, and one that comes counts for nothing.
 */
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../shared/app-error.ts'

const methods = 'GET, HEAD, POST, PUT, DELETE'
/** What a page may read besides what all answers of all servers have. */
const exposed = 'Content-Disposition, ETag, Retry-After, WWW-Authenticate, X-Request-Id'
const KNOWN_FOR_SECONDS = 600

export function answerOrigins(allowed: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const origin = context.req.header('origin')
    const isPreflight =
      context.req.method === 'OPTIONS' && context.req.header('access-control-request-method') !== undefined
    if (origin === undefined || !allowed.includes(origin)) {
      if (isPreflight && origin !== undefined) throw notAllowed(origin)
      await next()
      if (allowed.length > 0) context.res.headers.append('vary', 'origin')
      return undefined
    }
    if (isPreflight) {
      return context.body(null, 204, {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': methods,
        'access-control-allow-headers':
          context.req.header('access-control-request-headers') ?? 'authorization',
        'access-control-max-age': String(KNOWN_FOR_SECONDS),
        vary: 'origin, access-control-request-headers',
      })
    }
    await next()
    const { headers } = context.res
    headers.set('access-control-allow-origin', origin)
    headers.set('access-control-expose-headers', exposed)
    headers.append('vary', 'origin')
    return undefined
  }
}

function notAllowed(origin: string): AppError {
  return new AppError(
    'forbidden',
    `pages of ${origin} may not call this server: its setting allowedOrigins (STORE_MONITOR_ALLOWED_ORIGINS) names those that may`,
  )
}
