/** What a browser's cookie has: the session's id, and 256 random bits, which are others now and then. */
import { hashOf, randomText } from './key-token.ts'

const ID_BYTES = 9
const SECRET_BYTES = 32
const form = /^([\w-]{12})\.[\w-]{43}$/

export interface SessionToken {
  readonly token: string
  readonly tokenId: string
  readonly hash: Uint8Array
}

/** A new one, of a new session, or of one that there is. */
export function createSessionToken(tokenId: string = randomText(ID_BYTES)): SessionToken {
  const token = `${tokenId}.${randomText(SECRET_BYTES)}`
  return { token, tokenId, hash: hashOf(token) }
}

/** The session's id in a token; undefined of a text that is none. */
export function sessionIdOf(token: string): string | undefined {
  return form.exec(token)?.[1]
}
