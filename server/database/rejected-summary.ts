import type { ImportId, StoreId } from '../../shared/ids.ts'
import type {
  RejectedReason,
  RejectedStore,
  RejectedStoresQuery,
  RejectedSummary,
} from '../../shared/import.ts'
import type { Page } from '../../shared/page.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { storeOfCursor } from './cursor.ts'
import { getImport } from './imports.ts'

/** All rejected rows of a file, counted. */
export interface RejectionCounts {
  readonly reasons: readonly RejectedReason[]
  /** Of the rows that name a store. */
  readonly stores: readonly StoreRejections[]
}

export interface StoreRejections {
  readonly storeId: StoreId
  /** Its place in `reasons`. */
  readonly reason: number
  readonly rows: number
  readonly firstLine: number
}

export async function insertRejectionCounts(
  db: Db,
  importId: ImportId,
  { reasons, stores }: RejectionCounts,
): Promise<void> {
  const numbered = reasons.map((reason, number) => ({ ...reason, number }))
  for (const chunk of chunks(numbered)) {
    const rows = chunk.map(({ reason, rows, firstLine, number }) => ({
      import_id: importId,
      reason_number: number,
      reason,
      rows,
      first_line: firstLine,
    }))
    await db.insertInto('rejected_reason').values(rows).execute()
  }
  for (const chunk of chunks(stores)) {
    const rows = chunk.map(({ storeId, reason, rows, firstLine }) => ({
      import_id: importId,
      store_id: storeId,
      reason_number: reason,
      rows,
      first_line: firstLine,
    }))
    await db.insertInto('rejected_store').values(rows).execute()
  }
}

/** What was rejected of an import, by reason, the most frequent first. */
export async function getRejectedSummary(db: Db, importId: ImportId): Promise<RejectedSummary> {
  const { source, rowsRejected } = await getImport(db, importId)
  const reasons = await db
    .selectFrom('rejected_reason')
    .select(['reason', 'rows', 'first_line as firstLine'])
    .where('import_id', '=', importId)
    .orderBy('rows', 'desc')
    .orderBy('first_line')
    .execute()
  const { stores } = await db
    .selectFrom('rejected_store')
    .select(({ fn }) => fn.count<number>('store_id').distinct().as('stores'))
    .where('import_id', '=', importId)
    .executeTakeFirstOrThrow()
  const { kept } = await db
    .selectFrom('rejected_row')
    .select(({ fn }) => fn.countAll<number>().as('kept'))
    .where('import_id', '=', importId)
    .executeTakeFirstOrThrow()
  return { importId, source, rowsRejected, rowsKept: Number(kept), storesNamed: Number(stores), reasons }
}

/** Stores that rejected rows of an import name, in ascending order of id. The cursor is the last id of a page. */
export async function listRejectedStores(
  db: Db,
  { importId, limit, cursor }: RejectedStoresQuery,
): Promise<Page<RejectedStore>> {
  const after = storeOfCursor(cursor, 'a list of stores')
  await getImport(db, importId)
  const rows = await db
    .selectFrom('rejected_store')
    .select(({ fn }) => [
      'store_id as storeId',
      fn.sum<number>('rows').as('rows'),
      fn.min('first_line').as('firstLine'),
    ])
    .where('import_id', '=', importId)
    .$if(after !== undefined, (query) => query.where('store_id', '>', after!))
    .groupBy('store_id')
    .orderBy('store_id')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(({ storeId, rows, firstLine }) => ({
    storeId,
    rows: Number(rows),
    firstLine: Number(firstLine),
  }))
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.storeId : null }
}
