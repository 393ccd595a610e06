import type { Selectable } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { ImportId } from '../../shared/ids.ts'
import type { ImportKind, ImportRecord } from '../../shared/import.ts'
import type { Page, PageQuery } from '../../shared/page.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from './connect.ts'
import type { ImportTable } from './schema.ts'

/** What became of the rows of an import. `accepted` = `changed` + `repeated`. */
export interface RowCounts {
  readonly accepted: number
  readonly changed: number
  readonly rejected: number
}

/** Records that an import has begun, before anything of it is read. */
export async function insertImport(
  db: Db,
  begun: { source: string; kind: ImportKind; bytes: number; startedAt: number },
): Promise<ImportId> {
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
      failure: null,
      started_at: begun.startedAt,
      finished_at: null,
    })
    .returning('import_id')
    .executeTakeFirstOrThrow()
  return import_id
}

/** Records what has gone in so far, in the transaction in which it goes in. */
export async function updateImportCounts(db: Db, importId: ImportId, counts: RowCounts): Promise<void> {
  await db
    .updateTable('import')
    .set({
      rows_accepted: counts.accepted,
      rows_changed: counts.changed,
      rows_repeated: counts.accepted - counts.changed,
      rows_rejected: counts.rejected,
    })
    .where('import_id', '=', importId)
    .execute()
}

/** Records that an import is complete, in the transaction that completes it. */
export async function completeImport(
  db: Db,
  importId: ImportId,
  end: { sha256: string; finishedAt: number },
): Promise<void> {
  await db
    .updateTable('import')
    .set({
      state: 'complete',
      sha256: end.sha256,
      failure: null,
      finished_at: end.finishedAt,
    })
    .where('import_id', '=', importId)
    .execute()
}

export async function failImport(
  db: Db,
  importId: ImportId,
  end: { failure: string; finishedAt: number },
): Promise<void> {
  await db
    .updateTable('import')
    .set({ state: 'failed', failure: end.failure, finished_at: end.finishedAt })
    .where('import_id', '=', importId)
    .execute()
}

/**
 * Records the imports as failed that a process which is gone has left running, and returns how many there were. One that
 * another process is still at is recorded as complete all the same when it ends.
 */
export async function failUnfinishedImports(db: Db, now: () => number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('import')
    .set({
      state: 'failed',
      failure: 'interrupted; import the file again to complete it',
      finished_at: now(),
    })
    .where('state', '=', 'running')
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export async function getImport(db: Db, importId: ImportId): Promise<ImportRecord> {
  const row = await db.selectFrom('import').selectAll().where('import_id', '=', importId).executeTakeFirst()
  if (row === undefined) throw new AppError('not-found', `there is no import ${importId}`)
  return importRecordOf(row)
}

/** Imports, newest first. The cursor is the last number of a page. */
export async function listImports(db: Db, { limit, cursor }: PageQuery): Promise<Page<ImportRecord>> {
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
    throw new AppError(
      'invalid',
      `"${cursor}" is not a cursor of a list of imports: take nextCursor of the page before`,
    )
  }
  const rows = await db
    .selectFrom('import')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('import_id', '<', Number(cursor) as ImportId))
    .orderBy('import_id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(importRecordOf)
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)!.importId) : null }
}

function importRecordOf(row: Selectable<ImportTable>): ImportRecord {
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
    failure: row.failure,
    startedAt: formatTimestamp(row.started_at),
    finishedAt: row.finished_at === null ? null : formatTimestamp(row.finished_at),
  }
}
