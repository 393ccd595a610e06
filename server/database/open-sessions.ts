/** Sessions that have not ended, for those who manage keys. */
import type { Selectable } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import { writtenLabel } from '../../shared/label.ts'
import type { OpenSession } from '../../shared/open-session.ts'
import type { Page, PageQuery } from '../../shared/page.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { SessionTable } from './access-tables.ts'
import { recordChange, type ChangeMade } from './changes.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { labelsOf } from './labels-text.ts'
import type { WriteTx } from './write-alone.ts'

/** What makes a session one that counts. */
export interface Open {
  readonly now: number
  /** One that was not used since has ended. */
  readonly unusedSince: number
}

const open = (db: Db, { now, unusedSince }: Open) =>
  db
    .selectFrom('session')
    .leftJoin('access_key', 'access_key.access_key_id', 'session.access_key_id')
    .selectAll('session')
    .select('access_key.expires_at as key_expires_at')
    .where('session.expires_at', '>', now)
    .where('session.last_seen_at', '>', unusedSince)
    .where('access_key.revoked_at', 'is', null)
    .where(({ eb, or }) =>
      or([eb('access_key.expires_at', 'is', null), eb('access_key.expires_at', '>', now)]),
    )

/** Newest first. The cursor is the last number of a page. */
export async function listOpenSessions(
  db: Db,
  { limit, cursor }: PageQuery,
  when: Open,
): Promise<Page<OpenSession>> {
  const before = numberOfCursor(cursor, 'a list of sessions')
  const rows = await open(db, when)
    .$if(before !== undefined, (query) => query.where('session_id', '<', before!))
    .orderBy('session_id', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  return {
    items: shown.map(openSessionOf),
    nextCursor: rows.length > limit ? String(shown.at(-1)!.session_id) : null,
  }
}

/** Ends a session. Throws a `not-found` AppError where there is none of that number. */
export async function revokeSession(
  tx: WriteTx,
  sessionId: number,
  revoked: ChangeMade,
  when: Open,
): Promise<OpenSession> {
  const row = await open(tx, when).where('session_id', '=', sessionId).executeTakeFirst()
  if (row === undefined) throw noSuchSession(sessionId)
  await tx.deleteFrom('session').where('session_id', '=', sessionId).execute()
  const session = openSessionOf(row)
  const { name, role, way } = session
  const what = `session ${sessionId} of ${name}: ${role}, by ${way}`
  await recordChange(tx, { ...revoked, kind: 'session-revoked', what })
  return session
}

export function noSuchSession(sessionId: number): AppError {
  return new AppError(
    'not-found',
    `there is no session ${sessionId} that has not ended: "store-monitor sessions" lists those that there are`,
  )
}

type OpenRow = Selectable<SessionTable> & { readonly key_expires_at: number | null }

function openSessionOf(row: OpenRow): OpenSession {
  return {
    sessionId: row.session_id,
    way: row.way,
    name: row.name,
    role: row.role,
    labels: labelsOf(row).map(writtenLabel),
    createdAt: formatTimestamp(row.created_at),
    lastSeenAt: formatTimestamp(row.last_seen_at),
    expiresAt: formatTimestamp(Math.min(row.expires_at, row.key_expires_at ?? Infinity)),
  }
}
