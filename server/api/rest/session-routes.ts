import { caller, signInInput } from '../../../shared/session.ts'
import { AppError } from '../../../shared/app-error.ts'
import { keyNeeded } from '../../access/access.ts'
import { createAttempts } from '../../limits/wrong-keys.ts'
import { nobody } from '../../access/principal.ts'
import { callerAddress } from '../../limits/caller-address.ts'
import type { ApiParts } from '../api-parts.ts'
import { sessionCookie } from '../session-cookie.ts'
import { callerTold, signInWithKey } from '../sessions.ts'
import { remoteAddressOf } from './caller.ts'
import { tooLarge } from './error-responses.ts'
import { homeOf } from './sign-in-routes.ts'
import { defineRoute, type RestRoute } from './route.ts'

const callerBody = caller.meta({ id: 'Caller' })
const signInBody = signInInput.meta({
  id: 'SignIn',
  examples: [{ key: 'smk_0123456789ab_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE' }],
})

/** The operations on the session of a browser. */
export function sessionRoutes(parts: ApiParts): RestRoute[] {
  const { access, now, publicUrl } = parts
  const cookie = sessionCookie(publicUrl, now)
  const attempts = createAttempts(() => parts.limits.wrongKeys, now)
  return [
    defineRoute({
      id: 'readSession',
      needs: 'public',
      keepsBy: ['itself'],
      knowsCaller: true,
      method: 'get',
      paths: ['/session'],
      tag: 'Service',
      summary: 'Who asks, what that one may, and how it is known',
      responses: { 200: { description: 'Who asks', content: { 'application/json': callerBody } } },
      handle(_, context) {
        context.header('cache-control', 'no-store')
        return context.json(callerTold(parts, context.get('principal')))
      },
    }),
    defineRoute({
      id: 'createSession',
      needs: 'public',
      keepsBy: ['itself'],
      knowsCaller: true,
      method: 'post',
      paths: ['/session'],
      tag: 'Service',
      summary: 'Sign in with a key, for browsers: they are given a cookie',
      description:
        'The session ends when it is not used, after its longest time, with its key, and by `DELETE /session`. Its cookie counts only for what pages of this server ask for. Programs send their key itself.',
      body: signInBody,
      responses: {
        200: {
          description: 'Who signed in',
          content: { 'application/json': callerBody },
          headers: { 'Set-Cookie': 'The session, for the browser alone' },
        },
        400: { description: 'The body is malformed', example: new AppError('invalid', 'key: write a key') },
        401: {
          description: 'The key is wrong, has expired or was revoked',
          example: new AppError('unauthenticated', 'the key that was sent is none of this server'),
        },
        413: tooLarge,
        429: {
          description: 'Too many wrong keys came from that address',
          headers: { 'Retry-After': 'After so many seconds' },
          example: new AppError('busy', 'more than 20 wrong keys in a minute came from 192.0.2.7'),
        },
      },
      async handle({ body }, context) {
        const before = context.get('principal').session
        const { token, principal } = await signInWithKey(parts, body, {
          address: callerAddress(remoteAddressOf(context)),
          attempts,
        })
        if (before !== undefined) await access.sessions.end(before.tokenId)
        context.set('principal', principal)
        context.header('cache-control', 'no-store')
        cookie.write(context, token, principal.session!.expiresAt)
        return context.json(callerTold(parts, principal))
      },
    }),
    defineRoute({
      id: 'endSession',
      needs: 'public',
      keepsBy: ['itself'],
      knowsCaller: true,
      method: 'delete',
      paths: ['/session'],
      tag: 'Service',
      summary: 'Sign out, in all tabs of a browser',
      description: 'The session is taken no more, by no server on the database, within a second.',
      responses: {
        204: {
          description:
            'There is no session any more; `Location` says where the browser signs out at the provider, too, where that is wanted',
        },
      },
      async handle(_, context) {
        const { session } = context.get('principal')
        if (session !== undefined) await access.sessions.end(session.tokenId)
        context.set('principal', nobody(keyNeeded()))
        cookie.clear(context)
        const next =
          session?.way === 'oidc' ? await parts.provider?.addressToSignOut(homeOf(parts, context)) : undefined
        if (next !== undefined) context.header('location', next.href)
        return context.body(null, 204)
      },
    }),
  ]
}
