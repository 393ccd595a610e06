/** A sign-in at a provider, from its begin until the browser is back. */
import { randomText } from '../key-token.ts'

const SECRET_BYTES = 32
const form = /^([0-9a-z]{1,12})\.([\w-]{43})\.([\w-]*)$/

export const ATTEMPT_LASTS_MS = 600_000

/** Nothing of it is kept but by the browser: all the rest follows from the secret in its cookie. */
export interface Attempt {
  /** What the browser keeps meanwhile. */
  readonly cookie: string
  readonly begunAt: number
  /** The address of the page that is shown after it. */
  readonly returnTo: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export function beginAttempt(returnTo: string, at: number): Attempt {
  return attemptOf(randomText(SECRET_BYTES), returnTo, at)
}

/** The attempt that a cookie is of; undefined of a text that is none. */
export function attemptIn(cookie: string): Attempt | undefined {
  const [, at = '', secret = '', returnTo = ''] = form.exec(cookie) ?? []
  if (secret === '') return undefined
  return attemptOf(secret, Buffer.from(returnTo, 'base64url').toString(), Number.parseInt(at, 36))
}

/** The state says that the rest is as it was: it comes back by way of the provider, and not from the cookie. */
function attemptOf(secret: string, returnTo: string, begunAt: number): Attempt {
  const { createHmac } = process.getBuiltinModule('node:crypto')
  const derived = (what: string) =>
    createHmac('sha256', secret).update(`${what}\n${begunAt}\n${returnTo}`).digest('base64url')
  return {
    cookie: `${begunAt.toString(36)}.${secret}.${Buffer.from(returnTo).toString('base64url')}`,
    begunAt,
    returnTo,
    state: derived('state'),
    nonce: derived('nonce'),
    verifier: derived('verifier'),
  }
}
