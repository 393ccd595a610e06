/** Those who signed in: found by the token that their browser sends. */
import type { Db } from '../database/connect.ts'
import {
  deleteEndedSessions,
  deleteSession,
  endTokenBefore,
  findSession,
  insertSession,
  noteSessionSeen,
  renewToken,
  type KnownSession,
  type SessionOwner,
} from '../database/sessions.ts'
import { writeAlone } from '../database/write-alone.ts'
import { hashOf, isTokenOf } from './key-token.ts'
import type { Provider } from './oidc/provider.ts'
import { permissionsOf } from './permissions.ts'
import type { Principal } from './principal.ts'
import { createSessionToken, sessionIdOf } from './session-token.ts'

/** For how long what another process does with sessions may go unnoticed. */
const KNOWN_FOR_MS = 1000
const MOST_KNOWN = 10_000
const RENEW_EVERY_MS = 3_600_000
/** How long a token is taken once the newer one was sent: for requests that are on their way. */
const BEFORE_IS_TAKEN_MS = 30_000

export interface SessionTimes {
  /** After how long without a request a session ends. */
  readonly idleMs: number
  /** How long a session is at most. */
  readonly lifetimeMs: number
}

export interface BegunSession {
  readonly token: string
  readonly principal: Principal
}

export interface FoundSession {
  readonly principal: Principal
  /** To be sent to the browser instead of the one that it has. */
  readonly newToken?: string
}

export interface Sessions {
  readonly times: SessionTimes
  /** Returns when it is stored. */
  begin(owner: SessionOwner): Promise<BegunSession>
  find(token: string): Promise<FoundSession | undefined>
  /** Whether a session has not ended: also of a token that is another one by now. Is no use of it. */
  isOpen(tokenId: string): Promise<boolean>
  end(tokenId: string): Promise<void>
  /** Writes when sessions were used, and removes those that ended. */
  write(): Promise<void>
  /** To be called when keys were changed here. */
  forget(): void
}

export interface SessionsParts {
  readonly reading: Db
  readonly writing: Db
  /** For what must not be undone by a power cut. */
  readonly lasting: () => Promise<Db>
  readonly times: SessionTimes
  /** Where people sign in: what they have signed in to there ends with what made it possible. */
  readonly provider?: Pick<Provider, 'isGranted'> | undefined
  readonly now: () => number
  /** Told of what went wrong behind an answer. */
  readonly onError: (error: unknown) => void
}

export function createSessions({
  reading,
  writing,
  lasting,
  times,
  provider,
  now,
  onError,
}: SessionsParts): Sessions {
  const known = new Map<
    string,
    { readonly readAt: number; readonly session: Promise<KnownSession | undefined> }
  >()
  const seen = new Map<string, { readonly number: number; readonly at: number }>()
  /** New tokens that the browser has not sent yet. */
  const newTokens = new Map<string, { readonly token: string; readonly expiresAt: number }>()
  const inWork = new Set<string>()

  async function read(tokenId: string): Promise<KnownSession | undefined> {
    const at = performance.now()
    const last = known.get(tokenId)
    if (last !== undefined && at - last.readAt < KNOWN_FOR_MS) return last.session
    const session = findSession(reading, tokenId)
    known.delete(tokenId)
    known.set(tokenId, { readAt: at, session })
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!)
    const found = await session.catch((error: unknown) => {
      known.delete(tokenId)
      throw error
    })
    if (found === undefined) known.delete(tokenId)
    return found
  }

  async function openSession(tokenId: string): Promise<KnownSession | undefined> {
    const session = await read(tokenId)
    if (session === undefined || (session.way === 'oidc' && !provider?.isGranted(session))) return undefined
    const at = now()
    const lastSeenAt = Math.max(session.lastSeenAt, seen.get(tokenId)?.at ?? 0)
    const isOver = session.expiresAt <= at || lastSeenAt + times.idleMs <= at
    return isOver ? undefined : session
  }

  /** Does what no request waits for. */
  function behind({ tokenId }: KnownSession, work: () => Promise<void>): void {
    if (inWork.has(tokenId)) return
    inWork.add(tokenId)
    void work()
      .then(() => known.delete(tokenId), onError)
      .finally(() => inWork.delete(tokenId))
  }

  /** The token before goes on being taken until the browser has sent the new one: its answer may be lost. */
  function renew(session: KnownSession, token: string): void {
    behind(session, async () => {
      const next = createSessionToken(session.tokenId)
      const renewed = { hash: next.hash, hashBefore: hashOf(token), at: now() }
      const { tokenId, expiresAt } = session
      if (await renewToken(await lasting(), session, renewed))
        newTokens.set(tokenId, { token: next.token, expiresAt })
    })
  }

  return {
    times,
    async begin(owner) {
      const at = now()
      const { token, tokenId, hash } = createSessionToken()
      const session = { ...owner, tokenId, hash, at, expiresAt: at + times.lifetimeMs }
      await writeAlone(await lasting(), 'data', (tx) => insertSession(tx, session))
      return { token, principal: principalOf(session) }
    },
    async find(token) {
      const tokenId = sessionIdOf(token)
      const session = tokenId === undefined ? undefined : await openSession(tokenId)
      if (session === undefined) return undefined
      const at = now()
      const isLatest = isTokenOf(token, session.hash)
      if (!isLatest && !isTokenBefore(token, session, at)) return undefined
      seen.set(session.tokenId, { number: session.number, at })
      const principal = principalOf(session)
      const newToken = newTokens.get(session.tokenId)?.token
      // Another server may have renewed it again.
      if (!isLatest && newToken !== undefined && isTokenOf(newToken, session.hash))
        return { principal, newToken }
      if (isLatest && session.hashBefore !== null && session.beforeUntil === null) {
        newTokens.delete(session.tokenId)
        behind(session, () => endTokenBefore(writing, session, at + BEFORE_IS_TAKEN_MS))
      } else if (session.renewedAt + RENEW_EVERY_MS <= at) renew(session, token)
      return { principal }
    },
    isOpen: async (tokenId) => (await openSession(tokenId)) !== undefined,
    async end(tokenId) {
      await deleteSession(await lasting(), tokenId)
      known.delete(tokenId)
      newTokens.delete(tokenId)
    },
    async write() {
      const uses = [...seen]
      const at = now()
      for (const [tokenId, use] of uses) {
        await noteSessionSeen(writing, use.number, use.at)
        known.delete(tokenId)
        if (seen.get(tokenId) === use) seen.delete(tokenId)
      }
      for (const [tokenId, { expiresAt }] of newTokens) if (expiresAt <= at) newTokens.delete(tokenId)
      await deleteEndedSessions(writing, { now: at, unusedSince: at - times.idleMs })
    },
    forget: () => known.clear(),
  }
}

function isTokenBefore(token: string, { hashBefore, beforeUntil }: KnownSession, at: number): boolean {
  return hashBefore !== null && (beforeUntil === null || at < beforeUntil) && isTokenOf(token, hashBefore)
}

type Owned = SessionOwner & Pick<KnownSession, 'tokenId' | 'expiresAt'>

function principalOf({ way, name, role, labels, keyId, tokenId, expiresAt }: Owned): Principal {
  return {
    name,
    role,
    permissions: permissionsOf(role),
    groups: labels,
    author: name,
    ...(keyId === null ? {} : { keyId }),
    session: { tokenId, way, expiresAt },
  }
}
