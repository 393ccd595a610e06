import type { StoreLabel } from '../../shared/group.ts'
import type { Role } from '../../shared/role.ts'
import type { WayIn } from '../../shared/way-in.ts'
import type { Db } from './connect.ts'
import { labelsOf, textOfLabels } from './labels-text.ts'
import type { WriteTx } from './write-alone.ts'

/** What one key, or one person, has at once; with another one, the oldest ends. */
const MOST_SESSIONS = 100

/** Whom a session is of. */
export interface SessionOwner {
  readonly way: WayIn
  readonly keyNumber: number | null
  /** What stands in the token of its key. */
  readonly keyId: string | null
  readonly name: string
  readonly role: Role
  readonly labels: readonly StoreLabel[]
}

export interface KnownSession extends SessionOwner {
  readonly number: number
  readonly tokenId: string
  readonly hash: Uint8Array
  readonly hashBefore: Uint8Array | null
  /** null while nobody has sent the newer token. */
  readonly beforeUntil: number | null
  readonly renewedAt: number
  readonly lastSeenAt: number
  /** When it ends at the latest; its key may expire before. */
  readonly expiresAt: number
}

export type NewSession = Omit<SessionOwner, 'keyId'> &
  Pick<KnownSession, 'tokenId' | 'hash' | 'expiresAt'> & { readonly at: number }

export async function insertSession(tx: WriteTx, session: NewSession): Promise<void> {
  await tx
    .insertInto('session')
    .values({
      token_id: session.tokenId,
      hash: session.hash,
      way: session.way,
      access_key_id: session.keyNumber,
      name: session.name,
      role: session.role,
      labels: textOfLabels(session.labels),
      created_at: session.at,
      renewed_at: session.at,
      last_seen_at: session.at,
      expires_at: session.expiresAt,
    })
    .execute()
  const own = tx
    .selectFrom('session')
    .select('session_id')
    .where('way', '=', session.way)
    .where('name', '=', session.name)
    .orderBy('session_id', 'desc')
  const tooMany = await own.offset(MOST_SESSIONS).limit(MOST_SESSIONS).execute()
  if (tooMany.length === 0) return
  const ids = tooMany.map((row) => row.session_id)
  await tx.deleteFrom('session').where('session_id', 'in', ids).execute()
}

/** A session that there is, unless its key was revoked. */
export async function findSession(db: Db, tokenId: string): Promise<KnownSession | undefined> {
  const row = await db
    .selectFrom('session')
    .leftJoin('access_key', 'access_key.access_key_id', 'session.access_key_id')
    .selectAll('session')
    .select([
      'access_key.token_id as key_id',
      'access_key.expires_at as key_expires_at',
      'access_key.revoked_at as key_revoked_at',
    ])
    .where('session.token_id', '=', tokenId)
    .executeTakeFirst()
  if (row === undefined || row.key_revoked_at !== null) return undefined
  return {
    number: row.session_id,
    tokenId,
    hash: row.hash,
    hashBefore: row.hash_before,
    beforeUntil: row.before_until,
    way: row.way,
    keyNumber: row.access_key_id,
    keyId: row.key_id,
    name: row.name,
    role: row.role,
    labels: labelsOf(row),
    renewedAt: row.renewed_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: Math.min(row.expires_at, row.key_expires_at ?? Infinity),
  }
}

/** Gives a session another token; whether it still had `from`, or the one before it, which no newer one was sent instead of. */
export async function renewToken(
  db: Db,
  { number, hash }: Pick<KnownSession, 'number' | 'hash'>,
  renewed: { readonly hash: Uint8Array; readonly hashBefore: Uint8Array; readonly at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('session')
    .set({
      hash: renewed.hash,
      hash_before: renewed.hashBefore,
      before_until: null,
      renewed_at: renewed.at,
    })
    .where('session_id', '=', number)
    .where('hash', '=', hash)
    .executeTakeFirst()
  return Number(numUpdatedRows) === 1
}

/** Notes until when the token before is taken, once the newer one was sent. */
export async function endTokenBefore(
  db: Db,
  { number, hash }: Pick<KnownSession, 'number' | 'hash'>,
  until: number,
): Promise<void> {
  await db
    .updateTable('session')
    .set({ before_until: until })
    .where('session_id', '=', number)
    .where('hash', '=', hash)
    .where('before_until', 'is', null)
    .execute()
}

export async function deleteSession(db: Db, tokenId: string): Promise<void> {
  await db.deleteFrom('session').where('token_id', '=', tokenId).execute()
}

export async function deleteSessionsOfKey(tx: WriteTx, keyNumber: number): Promise<void> {
  await tx.deleteFrom('session').where('access_key_id', '=', keyNumber).execute()
}

/** Notes that a session was used, unless a later use is known. */
export async function noteSessionSeen(db: Db, sessionNumber: number, at: number): Promise<void> {
  await db
    .updateTable('session')
    .set({ last_seen_at: at })
    .where('session_id', '=', sessionNumber)
    .where('last_seen_at', '<', at)
    .execute()
}

/** Removes sessions that have expired, or were not used since `unusedSince`; not a write where there are none. */
export async function deleteEndedSessions(
  db: Db,
  { now, unusedSince }: { readonly now: number; readonly unusedSince: number },
): Promise<void> {
  const ended = await db
    .selectFrom('session')
    .select('session_id')
    .where(({ eb, or }) => or([eb('expires_at', '<=', now), eb('last_seen_at', '<=', unusedSince)]))
    .limit(1000)
    .execute()
  if (ended.length === 0) return
  const ids = ended.map((row) => row.session_id)
  await db.deleteFrom('session').where('session_id', 'in', ids).execute()
}
