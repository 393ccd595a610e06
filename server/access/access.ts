/** Who calls: found by the key that is sent. */
import { AppError } from '../../shared/app-error.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { readKeysVersion, readKnownKeys, type KnownKey } from '../database/access-keys.ts'
import type { Db } from '../database/connect.ts'
import { createKeyUses, type KeyUses } from './key-uses.ts'
import { isTokenOf, keyIdOf } from './key-token.ts'
import type { Provider } from './oidc/provider.ts'
import { permissionsOf } from './permissions.ts'
import { nobody, type Principal } from './principal.ts'
import { createSessions, type Sessions, type SessionTimes } from './sessions.ts'

/** For how long what another process does with keys may go unnoticed. */
const KNOWN_FOR_MS = 1000
/** And where a key is sent that is not known: it may be new. However many are, they are looked up so often at most. */
const UNKNOWN_FOR_MS = 50

export interface Access extends Pick<KeyUses, 'write'> {
  /**
   * Whether callers have to say who they are: there ever was a key, or people sign in at a provider. With what a caller sends for a
   * key, that is looked up at once.
   */
  asksWho(authorization?: string): Promise<boolean>
  /** Whose the `Authorization` of a request is: nobody's where it is no key that counts. */
  principalOf(authorization: string | undefined): Promise<Principal>
  /** Whether a key that was sent still counts. */
  isInForce(keyId: string): Promise<boolean>
  /** Whose key this is. Throws an `unauthenticated` AppError where it is none that counts. */
  ownerOfKey(token: string): Promise<KnownKey>
  readonly sessions: Sessions
  /** To be called when keys were changed here. */
  forget(): void
}

export interface AccessParts {
  readonly reading: Db
  readonly writing: Db
  /** For what must not be undone by a power cut. */
  readonly lasting: () => Promise<Db>
  readonly now: () => number
  readonly sessionTimes: SessionTimes
  /** Where people sign in who are known elsewhere. */
  readonly provider?: Pick<Provider, 'isGranted'> | undefined
  readonly onError: (error: unknown) => void
}

interface Known {
  readonly version: string
  readonly byTokenId: ReadonlyMap<string, KnownKey>
}

export function createAccess({
  reading,
  writing,
  lasting,
  now,
  sessionTimes,
  provider,
  onError,
}: AccessParts): Access {
  const uses = createKeyUses(writing)
  const sessions = createSessions({ reading, writing, lasting, times: sessionTimes, provider, now, onError })
  let known: Promise<Known> | undefined
  let readAt = -Infinity

  /** The keys as they were so long ago at most. They are read in the request of one, and the others wait for it. */
  function keys(knownForMs = KNOWN_FOR_MS): Promise<Known> {
    const at = performance.now()
    if (known === undefined || at - readAt >= knownForMs) {
      readAt = at
      const latest = readKnown(reading, known)
      latest.catch(() => {
        if (known === latest) known = undefined
      })
      known = latest
    }
    return known
  }

  async function knownKey(token: string): Promise<KnownKey | undefined> {
    const keyId = keyIdOf(token)
    if (keyId === undefined) return undefined
    const key = (await keys()).byTokenId.get(keyId)
    return key ?? (await keys(UNKNOWN_FOR_MS)).byTokenId.get(keyId)
  }

  async function keyOf(token: string): Promise<KnownKey | AppError> {
    const key = await knownKey(token)
    if (key === undefined || !isTokenOf(token, key.hash)) return wrongKey()
    const at = now()
    const end = endOf(key, at)
    if (end !== undefined) return endedKey(key.name, end)
    uses.note(key.number, at)
    return key
  }

  return {
    async asksWho(authorization) {
      if (provider !== undefined) return true
      const isThere = ({ version }: Known) => version !== ''
      return isThere(await keys()) || (authorization !== undefined && isThere(await keys(UNKNOWN_FOR_MS)))
    },
    async principalOf(authorization) {
      const token = bearerTokenOf(authorization)
      if (token === undefined) return nobody(keyNeeded())
      const key = await keyOf(token)
      return key instanceof AppError ? nobody(key) : principalOfKey(key)
    },
    async ownerOfKey(token) {
      const key = await keyOf(token)
      if (key instanceof AppError) throw key
      return key
    },
    async isInForce(keyId) {
      const key = (await keys()).byTokenId.get(keyId)
      return key !== undefined && endOf(key, now()) === undefined
    },
    sessions,
    forget() {
      known = undefined
      sessions.forget()
    },
    async write() {
      await uses.write()
      await sessions.write()
    },
  }
}

async function readKnown(reading: Db, before: Promise<Known> | undefined): Promise<Known> {
  const version = await readKeysVersion(reading)
  const last = await before?.catch(() => undefined)
  if (last?.version === version) return last
  const keys = version === '' ? [] : await readKnownKeys(reading)
  return { version, byTokenId: new Map(keys.map((key) => [key.tokenId, key])) }
}

function principalOfKey({ name, role, labels, tokenId }: KnownKey): Principal {
  return { name, role, permissions: permissionsOf(role), groups: labels, keyId: tokenId, author: name }
}

/** The token of `Bearer TOKEN`; undefined where there is no such header. */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
}

const howToSend =
  'send it as "Authorization: Bearer smk_…", from the command line by --key or STORE_MONITOR_KEY'
const howToGetOne = 'whoever runs the server makes one: "store-monitor keys create --name NAME --role viewer"'

export function keyNeeded(): AppError {
  return new AppError('unauthenticated', `this server asks for a key: ${howToSend}; ${howToGetOne}`)
}

function wrongKey(): AppError {
  return new AppError(
    'unauthenticated',
    `the key that was sent is none of this server: is all of it there? ${howToGetOne}`,
  )
}

/** How a key came to its end, in words; undefined of one that counts. */
function endOf({ revokedAt, expiresAt }: KnownKey, now: number): string | undefined {
  if (revokedAt !== null) return `was revoked at ${formatTimestamp(revokedAt)}`
  return expiresAt !== null && expiresAt <= now ? `expired at ${formatTimestamp(expiresAt)}` : undefined
}

/** Told to whoever has the key alone. */
function endedKey(name: string, end: string): AppError {
  return new AppError('unauthenticated', `the key "${name}" ${end}: use another one; ${howToGetOne}`)
}
