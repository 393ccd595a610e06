/** What a caller shows: `smk_` for people and for scanners of secrets, the key's id, and 256 random bits. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const ID_BYTES = 6
const SECRET_BYTES = 32
const form = /^smk_([0-9a-f]{12})_[\w-]{43}$/

export interface NewToken {
  readonly token: string
  readonly keyId: string
  readonly hash: Uint8Array
}

export function createToken(): NewToken {
  const keyId = randomBytes(ID_BYTES).toString('hex')
  const token = `${prefixOf(keyId)}_${randomBytes(SECRET_BYTES).toString('base64url')}`
  return { token, keyId, hash: hashOf(token) }
}

/** What may be shown of a key. */
function prefixOf(keyId: string): string {
  return `smk_${keyId}`
}

/** The id in a token; undefined of a text that is none. */
export function keyIdOf(token: string): string | undefined {
  return form.exec(token)?.[1]
}

/** In the time that any comparison takes. A random text of 256 bits needs no slow hash. */
export function isTokenOf(token: string, hash: Uint8Array): boolean {
  const own = hashOf(token)
  return hash.length === own.length && timingSafeEqual(own, hash)
}

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
