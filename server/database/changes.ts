import { sql } from 'kysely'
import type { Change, ChangeId, ChangeKind, ChangeListQuery, ChangePage } from '../../shared/change.ts'
import type { CorrectionId } from '../../shared/correction.ts'
import type { StoreLabel } from '../../shared/group.ts'
import { writtenLabel } from '../../shared/label.ts'
import type { ImportId, StoreId } from '../../shared/ids.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { findChangesOf, isNotRecorded } from './changes-of-store.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { labelsOf, textOfLabels } from './labels-text.ts'
import type { WriteTx } from './write-alone.ts'

/** Who changes something, why, and when. */
export interface ChangeMade {
  readonly by: string | null
  readonly reason: string | null
  readonly at: number
}

export interface NewChange extends ChangeMade {
  readonly kind: ChangeKind
  /** In words. */
  readonly what: string
  readonly importId?: ImportId
  readonly storeId?: StoreId | undefined
  readonly correctionId?: number
  readonly labels?: readonly StoreLabel[] | undefined
  /** The time that it is about; without an end where none is given. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  /** What it removed. */
  readonly polls?: number
  readonly stores?: number
}

/** Records what the transaction changes, to be called when it has: what changes nothing is not recorded. */
export async function recordChange(tx: WriteTx, change: NewChange): Promise<Change> {
  const { change_id } = await tx
    .insertInto('change')
    .values({
      at: change.at,
      kind: change.kind,
      import_id: change.importId ?? null,
      store_id: change.storeId ?? null,
      correction_id: change.correctionId ?? null,
      labels: textOfLabels(change.labels),
      from_at: change.fromMs ?? null,
      to_at: change.toMs ?? null,
      polls: change.polls ?? null,
      stores: change.stores ?? null,
      author: orNull(change.by),
      reason: orNull(change.reason),
      what: change.what,
    })
    .returning('change_id')
    .executeTakeFirstOrThrow()
  return changeOf(await changeRows(tx).where('change_id', '=', change_id).executeTakeFirstOrThrow())
}

export function orNull(text: string | null): string | null {
  return text === '' ? null : text
}

const CHANGES_AT_ONCE = 500

/** The changes after an instant, the newest first, some at a time; also those that imports which began before have made since. */
export async function* changesSince(db: Db, afterMs: number): AsyncGenerator<Change[]> {
  for (let last: ChangeId | undefined; ;) {
    const changes = await readChangesSince(db, afterMs, last)
    if (changes.length > 0) yield changes
    if (changes.length < CHANGES_AT_ONCE) return
    last = changes.at(-1)!.changeId
  }
}

async function readChangesSince(db: Db, afterMs: number, before: ChangeId | undefined): Promise<Change[]> {
  const rows = await changeRows(db)
    .where(({ eb, or }) =>
      or([
        eb('at', '>', afterMs),
        eb('finished_at', '>', afterMs),
        eb.and([eb('change.import_id', 'is not', null), eb('finished_at', 'is', null)]),
      ]),
    )
    .$if(before !== undefined, (query) => query.where('change_id', '<', before!))
    .orderBy('change_id', 'desc')
    .limit(CHANGES_AT_ONCE)
    .execute()
  return rows.map(changeOf)
}

/** The newest change; undefined where there is none. */
export async function lastChangeId(db: Db): Promise<ChangeId | undefined> {
  const { last } = await db
    .selectFrom('change')
    .select((eb) => eb.fn.max('change_id').as('last'))
    .executeTakeFirstOrThrow()
  return last ?? undefined
}

/** Those that were made after a change, the oldest first, some at a time. */
export async function listChangesAfter(db: Db, after: ChangeId | undefined): Promise<Change[]> {
  const rows = await changeRows(db)
    .where('change_id', '>', after ?? (0 as ChangeId))
    .orderBy('change_id')
    .limit(CHANGES_AT_ONCE)
    .execute()
  return rows.map(changeOf)
}

/** Changes, newest first. The cursor is the last number of a page. Throws a `not-found` AppError of a store that never was. */
export async function listChanges(db: Db, query: ChangeListQuery): Promise<ChangePage> {
  const { limit, cursor, storeId } = query
  const before = numberOfCursor(cursor, 'a list of changes') as ChangeId | undefined
  const ofStore = storeId === undefined ? undefined : await findChangesOf(db, storeId)
  const read = (last: ChangeId | undefined, most: number) =>
    listedRows(db, query)
      .$if(last !== undefined, (rows) => rows.where('change_id', '<', last!))
      .$if(ofStore !== undefined, (rows) => rows.where(ofStore!.mayBe))
      .orderBy('change_id', 'desc')
      .limit(most)
      .execute()
  const rows =
    ofStore === undefined
      ? await read(before, limit + 1)
      : await ofStore.first<ChangeRow>(limit + 1, (after, most) => read(after?.change_id ?? before, most))
  const items = rows.slice(0, limit).map(changeOf)
  return {
    items,
    nextCursor: rows.length > limit ? String(items.at(-1)!.changeId) : null,
    changesNotRecorded: ofStore === undefined ? 0 : await countNotRecorded(db, query),
  }
}

function listedRows(db: Db, { kind, since }: Pick<ChangeListQuery, 'kind' | 'since'>) {
  return changeRows(db)
    .$if(kind !== undefined, (query) => query.where('change.kind', '=', kind!))
    .$if(since !== undefined, (query) =>
      query.where(({ eb, or }) => or([eb('at', '>=', since!), eb('finished_at', '>=', since!)])),
    )
}

/** How many changes were of several stores, and are from before it was recorded of which. */
export async function countNotRecorded(
  db: Db,
  which: Pick<ChangeListQuery, 'kind' | 'since'>,
): Promise<number> {
  const { changes } = await listedRows(db, which)
    .where(isNotRecorded)
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as('changes'))
    .executeTakeFirstOrThrow()
  return Number(changes)
}

interface SoughtDeletion {
  readonly kind: 'polls-deleted' | 'store-deleted'
  readonly storeId?: StoreId | undefined
  readonly labels?: readonly StoreLabel[] | undefined
  readonly polls?: number
  readonly fromMs?: number
  readonly toMs?: number
}

/** The latest deletion of this. */
export async function findDeletion(db: Db, sought: SoughtDeletion): Promise<Change | undefined> {
  const { kind, storeId = null, labels, polls, fromMs = null, toMs = null } = sought
  const row = await changeRows(db)
    .where('change.kind', '=', kind)
    .where('store_id', 'is not distinct from', storeId)
    .where('labels', 'is not distinct from', textOfLabels(labels))
    .where('from_at', 'is not distinct from', fromMs)
    .where('to_at', 'is not distinct from', toMs)
    .$if(polls !== undefined, (query) => query.where('polls', '=', polls!))
    .orderBy('change_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && changeOf(row)
}

/** What an import changes is known when it has ended: it is in the record of that. */
function changeRows(db: Db) {
  return db
    .selectFrom('change')
    .leftJoin('import', 'import.import_id', 'change.import_id')
    .selectAll('change')
    .select((eb) => [
      'import.rows_changed as rows_changed',
      'import.stores_touched as stores_touched',
      'import.first_poll_at as first_poll_at',
      sql<number | null>`${eb.ref('import.last_poll_at')} + 1`.as('after_last_poll'),
    ])
}

type ChangeRow = Awaited<ReturnType<ReturnType<typeof changeRows>['executeTakeFirstOrThrow']>>

function changeOf(row: ChangeRow): Change {
  const instant = (epochMs: number | null) => (epochMs === null ? null : formatTimestamp(epochMs))
  return {
    changeId: row.change_id,
    at: formatTimestamp(row.at),
    kind: row.kind,
    what: row.what,
    importId: row.import_id,
    storeId: row.store_id,
    correctionId: row.correction_id as CorrectionId | null,
    labels: labelsOf(row).map(writtenLabel),
    from: instant(row.from_at ?? row.first_poll_at),
    to: instant(row.to_at ?? row.after_last_poll),
    polls: row.polls,
    rowsChanged: row.rows_changed,
    stores: row.stores ?? row.stores_touched,
    author: row.author,
    reason: row.reason,
  }
}
