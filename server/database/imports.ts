import { sql, type Selectable, type UpdateObject } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { ImportId, StoreId } from '../../shared/ids.ts'
import type { ImportKind } from '../../shared/import-kind.ts'
import type { ImportListQuery, ImportPage, ImportRecord } from '../../shared/import.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Changed } from './changed.ts'
import { findChangesOf } from './changes-of-store.ts'
import { countNotRecorded } from './changes.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { dialectOf } from './dialect/dialect.ts'
import type { Database, ImportTable } from './schema.ts'

/** What became of the rows of an import. Those of `accepted` that changed nothing are repeated. */
export interface RowCounts {
  readonly accepted: number
  readonly changed: Changed
  readonly rejected: number
}

/** How long an import that gives no sign of life is taken for alive, by the database's clock. */
const heartbeatValidMs = 30_000

/** Of an import whose bytes are kept: who is at it, its upload says, and older programs are not to take it for dead. */
const NEVER_STALE = Number.MAX_SAFE_INTEGER

export interface BegunImport {
  readonly source: string
  readonly kind: ImportKind
  readonly bytes: number
  readonly owner: string
  readonly startedAt: number
  /** Whether its bytes are kept, so that others go on with it. */
  readonly isKept?: boolean
}

/** An import, as long as it is somebody's: once another has taken it over, they write nothing of it. */
export interface OwnImport {
  readonly importId: ImportId
  readonly owner: string
}

/** Records that an import has begun, before anything of it is read. */
export async function insertImport(db: Db, begun: BegunImport): Promise<ImportId> {
  const { import_id } = await db
    .insertInto('import')
    .values({
      source: begun.source,
      kind: begun.kind,
      state: 'running',
      bytes: begun.bytes,
      sha256: null,
      rows_accepted: 0,
      rows_changed: 0,
      rows_repeated: 0,
      rows_rejected: 0,
      stores_touched: 0,
      failure: null,
      owner: begun.owner,
      heartbeat_at: begun.isKept ? NEVER_STALE : dialectOf(db).clock,
      started_at: begun.startedAt,
      finished_at: null,
    })
    .returning('import_id')
    .executeTakeFirstOrThrow()
  return import_id
}

/** Records that an import is alive. Whether it is still to go on: it may have been cancelled, or been taken for dead. */
export async function beatImport(db: Db, own: OwnImport): Promise<boolean> {
  return await updateOwn(db, own, { heartbeat_at: dialectOf(db).clock })
}

/** Whether an import is still to go on, by this owner. */
export async function isToGoOn(db: Db, { importId, owner }: OwnImport): Promise<boolean> {
  const row = await db
    .selectFrom('import')
    .select('import_id')
    .where('import_id', '=', importId)
    .where('owner', '=', owner)
    .where('state', '=', 'running')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Records what has gone in so far, in the transaction in which it goes in, and which is rolled back where the import is
 * not to go on.
 */
export async function updateImportCounts(
  db: Db,
  own: OwnImport,
  { accepted, changed, rejected }: RowCounts,
): Promise<void> {
  const isRunning = await updateOwn(db, own, {
    rows_accepted: accepted,
    rows_changed: changed.rows,
    rows_repeated: accepted - changed.rows,
    rows_rejected: rejected,
    stores_touched: changed.storeKeys.length,
    first_poll_at: changed.firstPollMs ?? null,
    last_poll_at: changed.lastPollMs ?? null,
  })
  if (!isRunning) throw new AppError('conflict', `import ${own.importId} has been ended meanwhile`)
}

/** Records that an import is complete, in the transaction that completes it, after its counts. */
export async function completeImport(
  db: Db,
  own: OwnImport,
  end: { sha256: string; finishedAt: number },
): Promise<void> {
  await updateOwn(db, own, { state: 'complete', sha256: end.sha256, finished_at: end.finishedAt })
}

/** Records that an import has failed, unless it has ended otherwise, or is another's by now. */
export async function failImport(
  db: Db,
  own: OwnImport,
  end: { failure: string; finishedAt: number },
): Promise<void> {
  await updateOwn(db, own, { state: 'failed', failure: end.failure, finished_at: end.finishedAt })
}

/**
 * Cancels a running import, in whatever process it runs: that finds out, and nothing of what it is at goes in. Throws an
 * AppError where there is no such import, or where it has ended.
 */
export async function cancelImport(db: Db, importId: ImportId, now: number): Promise<ImportRecord> {
  await running(db, importId).set({ state: 'cancelled', finished_at: now }).execute()
  const record = await getImport(db, importId)
  if (record.state === 'cancelled') return record
  throw importHasEnded(importId, record.state)
}

export function importHasEnded(importId: number, state: ImportRecord['state']): AppError {
  return new AppError('conflict', `import ${importId} cannot be cancelled: it is ${state}`)
}

export function noSuchImport(importId: number): AppError {
  return new AppError('not-found', `there is no import ${importId}`)
}

async function updateOwn(
  db: Db,
  { importId, owner }: OwnImport,
  values: UpdateObject<Database, 'import'>,
): Promise<boolean> {
  const { numUpdatedRows } = await running(db, importId)
    .set(values)
    .where('owner', '=', owner)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function running(db: Db, importId: ImportId) {
  return db.updateTable('import').where('import_id', '=', importId).where('state', '=', 'running')
}

/** Records the imports as failed that a process which is gone has left running, and returns how many there were. */
export async function failUnfinishedImports(db: Db, now: () => number): Promise<number> {
  const lastBeatBefore = sql<number>`${dialectOf(db).clock} - ${sql.lit(heartbeatValidMs)}`
  const unfinished = await db
    .selectFrom('import')
    .select('import_id')
    .where('state', '=', 'running')
    .where((eb) => eb.or([eb('heartbeat_at', 'is', null), eb('heartbeat_at', '<', lastBeatBefore)]))
    .execute()
  let failed = 0
  for (const { import_id } of unfinished) {
    const { numUpdatedRows } = await db
      .updateTable('import')
      .set({
        state: 'failed',
        failure: 'interrupted; import the file again to complete it',
        finished_at: now(),
      })
      .where('import_id', '=', import_id)
      .where('state', '=', 'running')
      // It may have lived on while this waited for its turn to write.
      .where((eb) => eb.or([eb('heartbeat_at', 'is', null), eb('heartbeat_at', '<', lastBeatBefore)]))
      .executeTakeFirst()
    failed += Number(numUpdatedRows)
  }
  return failed
}

export async function getImport(db: Db, importId: ImportId): Promise<ImportRecord> {
  const row = await db.selectFrom('import').selectAll().where('import_id', '=', importId).executeTakeFirst()
  if (row === undefined) throw noSuchImport(importId)
  return importRecordOf(row)
}

/** Imports, newest first. The cursor is the last number of a page. Throws a `not-found` AppError of a store that never was. */
export async function listImports(db: Db, { limit, cursor, storeId }: ImportListQuery): Promise<ImportPage> {
  const before = numberOfCursor(cursor, 'a list of imports') as ImportId | undefined
  const rows =
    storeId === undefined
      ? await importRows(db)
          .$if(before !== undefined, (query) => query.where('import_id', '<', before!))
          .limit(limit + 1)
          .execute()
      : await importRowsOf(db, storeId, before, limit + 1)
  const items = rows.slice(0, limit).map(importRecordOf)
  return {
    items,
    nextCursor: rows.length > limit ? String(items.at(-1)!.importId) : null,
    importsNotRecorded: storeId === undefined ? 0 : await countNotRecorded(db, { kind: 'import' }),
  }
}

function importRows(db: Db) {
  return db.selectFrom('import').selectAll().orderBy('import_id', 'desc')
}

/** The last imports before one, at most so many, that changed something of a store. */
async function importRowsOf(
  db: Db,
  storeId: StoreId,
  before: ImportId | undefined,
  most: number,
): Promise<Selectable<ImportTable>[]> {
  const ofStore = await findChangesOf(db, storeId)
  const read = (last: ImportId | undefined, count: number) =>
    db
      .selectFrom('change')
      .select(['change_id', 'store_id', 'import_id'])
      .where('import_id', 'is not', null)
      .where(ofStore.mayBe)
      .$if(last !== undefined, (query) => query.where('import_id', '<', last!))
      .orderBy('import_id', 'desc')
      .limit(count)
      .$narrowType<{ import_id: ImportId }>()
      .execute()
  type Row = Awaited<ReturnType<typeof read>>[number]
  const changes = await ofStore.first<Row>(most, (after, count) => read(after?.import_id ?? before, count))
  const importIds = changes.map(({ import_id }) => import_id)
  return importIds.length === 0 ? [] : await importRows(db).where('import_id', 'in', importIds).execute()
}

function importRecordOf(row: Selectable<ImportTable>): ImportRecord {
  const instant = (epochMs: number | null) => (epochMs === null ? null : formatTimestamp(epochMs))
  return {
    importId: row.import_id,
    source: row.source,
    kind: row.kind,
    state: row.state,
    bytes: row.bytes,
    sha256: row.sha256,
    rowsAccepted: row.rows_accepted,
    rowsChanged: row.rows_changed,
    rowsRepeated: row.rows_repeated,
    rowsRejected: row.rows_rejected,
    storesTouched: row.stores_touched,
    firstPollAt: instant(row.first_poll_at),
    lastPollAt: instant(row.last_poll_at),
    failure: row.failure,
    startedAt: formatTimestamp(row.started_at),
    finishedAt: instant(row.finished_at),
  }
}
