import type { Selectable } from 'kysely'
import type { AccessKey, KeyListQuery } from '../../shared/access-key.ts'
import { AppError } from '../../shared/app-error.ts'
import type { StoreLabel } from '../../shared/group.ts'
import { writtenLabel } from '../../shared/label.ts'
import type { Page } from '../../shared/page.ts'
import type { Role } from '../../shared/role.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { AccessKeyTable } from './access-tables.ts'
import { recordChange, type ChangeMade } from './changes.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { labelsOf, textOfLabels } from './labels-text.ts'
import { deleteSessionsOfKey } from './sessions.ts'
import type { WriteTx } from './write-alone.ts'

export interface NewAccessKey {
  readonly tokenId: string
  readonly hash: Uint8Array
  readonly name: string
  readonly role: Role
  readonly labels: readonly StoreLabel[]
  readonly expiresAt: number | undefined
}

/** Throws a `conflict` AppError where a key that is not revoked has the name. */
export async function insertAccessKey(tx: WriteTx, key: NewAccessKey, made: ChangeMade): Promise<AccessKey> {
  if ((await findUnrevoked(tx, key.name)) !== undefined) {
    throw new AppError(
      'conflict',
      `there is a key "${key.name}": choose another name, or revoke that one first ("store-monitor keys revoke ${key.name}")`,
    )
  }
  const row = await tx
    .insertInto('access_key')
    .values({
      token_id: key.tokenId,
      hash: key.hash,
      name: key.name,
      role: key.role,
      labels: textOfLabels(key.labels),
      created_at: made.at,
      created_by: made.by,
      expires_at: key.expiresAt ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordChange(tx, { ...made, kind: 'key-created', what: inWords(row) })
  return accessKeyOf(row, made.at)
}

/** Ends a key. Throws a `not-found` AppError where there is none of that name, or it is revoked already. */
export async function revokeAccessKey(
  tx: WriteTx,
  name: string,
  revoked: ChangeMade,
  { mayBeLastAdmin }: { readonly mayBeLastAdmin: boolean },
): Promise<AccessKey> {
  const key = await findUnrevoked(tx, name)
  if (key === undefined) throw noSuchKey(name)
  if (!mayBeLastAdmin && key.role === 'admin' && !(await hasOtherAdmin(tx, key, revoked.at))) {
    throw new AppError(
      'conflict',
      `"${name}" is the last key that manages keys: make another one of the role admin first, or revoke it where the ` +
        `database is ("store-monitor keys revoke ${name}")`,
    )
  }
  const row = await tx
    .updateTable('access_key')
    .set({ revoked_at: revoked.at, revoked_by: revoked.by })
    .where('access_key_id', '=', key.access_key_id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await deleteSessionsOfKey(tx, key.access_key_id)
  await recordChange(tx, { ...revoked, kind: 'key-revoked', what: inWords(row) })
  return accessKeyOf(row, revoked.at)
}

export function noSuchKey(name: string): AppError {
  return new AppError(
    'not-found',
    `there is no key "${name}" that could be revoked: "store-monitor keys list" tells which there are`,
  )
}

/** Keys, newest first. The cursor is the last number of a page. */
export async function listAccessKeys(
  db: Db,
  { limit, cursor, state }: KeyListQuery,
  now: number,
): Promise<Page<AccessKey>> {
  const before = numberOfCursor(cursor, 'a list of keys')
  const rows = await db
    .selectFrom('access_key')
    .selectAll()
    .$if(before !== undefined, (query) => query.where('access_key_id', '<', before!))
    .$if(state === 'in-force', (query) =>
      query
        .where('revoked_at', 'is', null)
        .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)])),
    )
    .orderBy('access_key_id', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  return {
    items: shown.map((row) => accessKeyOf(row, now)),
    nextCursor: rows.length > limit ? String(shown.at(-1)!.access_key_id) : null,
  }
}

/** Text that is another one whenever a key was made or revoked; empty where there never was one. */
export async function readKeysVersion(db: Db): Promise<string> {
  const { keys, revoked, latest } = await db
    .selectFrom('access_key')
    .select(({ fn }) => [
      fn.countAll<number>().as('keys'),
      fn.count<number>('revoked_at').as('revoked'),
      fn.max('created_at').as('latest'),
    ])
    .executeTakeFirstOrThrow()
  return Number(keys) === 0 ? '' : `${keys} ${revoked} ${latest}`
}

export interface KnownKey {
  readonly number: number
  readonly tokenId: string
  readonly hash: Uint8Array
  readonly name: string
  readonly role: Role
  readonly labels: readonly StoreLabel[]
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** All keys that there ever were. */
export async function readKnownKeys(db: Db): Promise<KnownKey[]> {
  const rows = await db.selectFrom('access_key').selectAll().execute()
  return rows.map((row) => ({
    number: row.access_key_id,
    tokenId: row.token_id,
    hash: row.hash,
    name: row.name,
    role: row.role,
    labels: labelsOf(row),
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }))
}

/** Notes that a key was used, unless a later use is known. */
export async function noteUse(db: Db, keyNumber: number, at: number): Promise<void> {
  await db
    .updateTable('access_key')
    .set({ last_used_at: at })
    .where('access_key_id', '=', keyNumber)
    .where(({ eb, or }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
    .execute()
}

type KeyRow = Selectable<AccessKeyTable>

function findUnrevoked(tx: WriteTx, name: string): Promise<KeyRow | undefined> {
  return tx
    .selectFrom('access_key')
    .selectAll()
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}

async function hasOtherAdmin(tx: WriteTx, key: KeyRow, now: number): Promise<boolean> {
  const other = await tx
    .selectFrom('access_key')
    .select('access_key_id')
    .where('role', '=', 'admin')
    .where('revoked_at', 'is', null)
    .where('access_key_id', '<>', key.access_key_id)
    .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .executeTakeFirst()
  return other !== undefined
}

function inWords(row: KeyRow): string {
  const groups = groupsOf(row)
  const stores = groups.length === 0 ? '' : `, stores of ${groups.join(', ')}`
  const until = row.expires_at === null ? '' : `, until ${formatTimestamp(row.expires_at)}`
  return `key ${row.name}: ${row.role}${stores}${until}`
}

function groupsOf(row: KeyRow): string[] {
  return labelsOf(row).map(writtenLabel)
}

function accessKeyOf(row: KeyRow, now: number): AccessKey {
  const instant = (epochMs: number | null) => (epochMs === null ? null : formatTimestamp(epochMs))
  const isExpired = row.expires_at !== null && row.expires_at <= now
  return {
    name: row.name,
    prefix: `smk_${row.token_id}`,
    role: row.role,
    labels: groupsOf(row),
    state: row.revoked_at !== null ? 'revoked' : isExpired ? 'expired' : 'in-force',
    createdAt: formatTimestamp(row.created_at),
    createdBy: row.created_by,
    expiresAt: instant(row.expires_at),
    lastUsedAt: instant(row.last_used_at),
    revokedAt: instant(row.revoked_at),
    revokedBy: row.revoked_by,
  }
}
