/** What a caller shows: `smk_` for people and for scanners of secrets, the key's id, and 256 random bits. */
const ID_BYTES = 6
const SECRET_BYTES = 32
const form = /^smk_([0-9a-f]{12})_[\w-]{43}$/

export interface NewToken {
  readonly token: string
  readonly keyId: string
  readonly hash: Uint8Array
}

export function createToken(): NewToken {
  const keyId = crypto().randomBytes(ID_BYTES).toString('hex')
  const token = `${prefixOf(keyId)}_${randomText(SECRET_BYTES)}`
  return { token, keyId, hash: hashOf(token) }
}

/** So many random bytes, in letters, digits, - and _. */
export function randomText(bytes: number): string {
  return crypto().randomBytes(bytes).toString('base64url')
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
  return hash.length === own.length && crypto().timingSafeEqual(own, hash)
}

export function hashOf(token: string): Buffer {
  return crypto().createHash('sha256').update(token).digest()
}

/** Loaded when it is needed: most commands do without. */
function crypto() {
  return process.getBuiltinModule('node:crypto')
}
