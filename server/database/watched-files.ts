import type { ImportId } from '../../shared/ids.ts'
import type { WatchedFile, WatchedQuery } from '../../shared/watched.ts'
import type { Page } from '../../shared/page.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import type { WriteTx } from './write-alone.ts'

/** A file in a watched folder, as it was looked at. */
export interface StampedFile {
  readonly path: string
  readonly stamp: string
}

/** What became of it. */
export interface TakenFile extends StampedFile {
  readonly sha256: string | null
  readonly importId: ImportId | null
  readonly failure: string | null
}

/** Records what became of a file, in place of what became of the one that had its path. */
export async function recordTakenFile(
  tx: WriteTx,
  { path, stamp, sha256, importId, failure }: TakenFile,
  at: number,
): Promise<void> {
  await tx.deleteFrom('watched_file').where('path', '=', path).execute()
  await tx
    .insertInto('watched_file')
    .values({ path, stamp, sha256, import_id: importId, failure, at })
    .execute()
}

/** What became of files, by path. */
export async function findTakenFiles(
  db: Db,
  paths: readonly string[],
): Promise<ReadonlyMap<string, TakenFile>> {
  const taken = new Map<string, TakenFile>()
  for (const chunk of chunks(paths)) {
    const rows = await db.selectFrom('watched_file').selectAll().where('path', 'in', chunk).execute()
    for (const { path, stamp, sha256, import_id: importId, failure } of rows) {
      taken.set(path, { path, stamp, sha256, importId, failure })
    }
  }
  return taken
}

/** Files that were taken, the last ones first. The cursor is the last number of a page. */
export async function listTakenFiles(
  db: Db,
  { limit, cursor, state }: WatchedQuery,
): Promise<Page<WatchedFile>> {
  const before = numberOfCursor(cursor, 'a list of watched files')
  const rows = await db
    .selectFrom('watched_file')
    .selectAll()
    .$if(before !== undefined, (query) => query.where('watched_key', '<', before!))
    .$if(state !== undefined, (query) => query.where('failure', state === 'failed' ? 'is not' : 'is', null))
    .orderBy('watched_key', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  return {
    items: shown.map(({ path, sha256, import_id, failure, at }) => ({
      path,
      state: failure === null ? 'imported' : 'failed',
      importId: import_id,
      failure,
      sha256,
      at: formatTimestamp(at),
    })),
    nextCursor: rows.length > limit ? String(shown.at(-1)!.watched_key) : null,
  }
}

/** Whether the last import of a file was cancelled. */
export async function wasCancelled(db: Db, source: string): Promise<boolean> {
  const last = await db
    .selectFrom('import')
    .select('state')
    .where('source', '=', source)
    .orderBy('import_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.state === 'cancelled'
}
