import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'

/** Stores that follow each other in `store_id`, from the first on to just before the next part's first. */
export interface PartPlan {
  readonly part: number
  readonly firstStoreId: StoreId
  /** null for the last part, which has no end: a store that is added later belongs to some part, too. */
  readonly nextStoreId: StoreId | null
}

export interface PartResult {
  readonly storeCount: number
  /** The totals of each store, packed as `reports/totals.ts` says. */
  readonly totals: Uint8Array
  readonly csv: Uint8Array
}

/**
 * Deals all stores into parts of as many as `partSize` says and sets the report running. Nothing is done where that has
 * happened before, or where the report has ended.
 */
export async function planParts(
  db: Db,
  reportKey: number,
  partSize: (storeCount: number) => number,
  startedAtMs: number,
): Promise<void> {
  const storeCount = await countStores(db)
  const storesPerPart = partSize(storeCount)
  const firsts = await firstStoresOfParts(db, storesPerPart)
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('report')
      .set({ state: 'running', stores_total: storeCount, started_at: startedAtMs })
      .where('report_key', '=', reportKey)
      .where('state', '=', 'queued')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    const parts = firsts.map((firstStoreId, part) => ({
      report_key: reportKey,
      part,
      // A store that is added later and comes before all others belongs to the first part.
      first_store_id: part === 0 ? ('' as StoreId) : firstStoreId,
      store_count: Math.max(0, Math.min(storesPerPart, storeCount - part * storesPerPart)),
      totals: null,
      csv: null,
      csv_bytes: null,
    }))
    for (const chunk of chunks(parts)) await tx.insertInto('report_part').values(chunk).execute()
  })
}

async function countStores(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('store')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

async function firstStoresOfParts(db: Db, storesPerPart: number): Promise<StoreId[]> {
  const firsts: StoreId[] = []
  let first = await storeAt(db, '' as StoreId, 0)
  while (first !== undefined) {
    firsts.push(first)
    first = await storeAt(db, first, storesPerPart)
  }
  return firsts
}

/** The store that is `places` after `first` in order of id. */
async function storeAt(db: Db, first: StoreId, places: number): Promise<StoreId | undefined> {
  const store = await db
    .selectFrom('store')
    .select('store_id')
    .where('store_id', '>=', first)
    .orderBy('store_id')
    .limit(1)
    .offset(places)
    .executeTakeFirst()
  return store?.store_id
}

/** The parts of a report whose result is not stored yet, in order. */
export async function listPendingParts(db: Db, reportKey: number): Promise<PartPlan[]> {
  const parts = await db
    .selectFrom('report_part')
    .select(['part', 'first_store_id', 'csv_bytes'])
    .where('report_key', '=', reportKey)
    .orderBy('part')
    .execute()
  return parts.flatMap(({ part, first_store_id, csv_bytes }, i) =>
    csv_bytes === null
      ? [{ part, firstStoreId: first_store_id, nextStoreId: parts[i + 1]?.first_store_id ?? null }]
      : [],
  )
}

/** Stores a part's result and counts its stores as done; false where the report is no longer running. */
export async function storePart(
  db: Db,
  reportKey: number,
  part: number,
  result: PartResult,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const planned = tx
      .selectFrom('report_part')
      .select('store_count')
      .where('report_key', '=', reportKey)
      .where('part', '=', part)
      .where('csv_bytes', 'is', null)
    const { numUpdatedRows } = await tx
      .updateTable('report')
      .set((eb) => ({
        stores_done: eb('stores_done', '+', result.storeCount),
        stores_total: eb(eb('stores_total', '+', result.storeCount), '-', planned),
      }))
      .where('report_key', '=', reportKey)
      .where('state', '=', 'running')
      .where(({ exists }) => exists(planned))
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return isRunning(tx, reportKey) // another process was quicker; its bytes are the same
    await tx
      .updateTable('report_part')
      .set({
        totals: result.totals,
        csv: result.csv,
        csv_bytes: result.csv.byteLength,
        store_count: result.storeCount,
      })
      .where('report_key', '=', reportKey)
      .where('part', '=', part)
      .execute()
    return true
  })
}

async function isRunning(db: Db, reportKey: number): Promise<boolean> {
  const report = await db
    .selectFrom('report')
    .select('state')
    .where('report_key', '=', reportKey)
    .executeTakeFirst()
  return report?.state === 'running'
}

export async function deleteParts(db: Db, reportKey: number): Promise<void> {
  await db.deleteFrom('report_part').where('report_key', '=', reportKey).execute()
}

/** Sizes of a complete report's parts, in order. */
export async function listPartSizes(
  db: Db,
  reportKey: number,
): Promise<{ part: number; storeCount: number; csvBytes: number }[]> {
  const parts = await db
    .selectFrom('report_part')
    .select(['part', 'store_count', 'csv_bytes'])
    .where('report_key', '=', reportKey)
    .orderBy('part')
    .execute()
  return parts.map(({ part, store_count, csv_bytes }) => ({
    part,
    storeCount: store_count,
    csvBytes: csv_bytes ?? 0,
  }))
}

/** A complete part's CSV, or its packed totals. Throws a `not-found` AppError where the report was removed meanwhile. */
export async function readPart(
  db: Db,
  reportKey: number,
  part: number,
  what: 'csv' | 'totals',
): Promise<Uint8Array> {
  const row = await db
    .selectFrom('report_part')
    .select(`${what} as bytes`)
    .where('report_key', '=', reportKey)
    .where('part', '=', part)
    .executeTakeFirst()
  if (row?.bytes) return row.bytes
  throw new AppError(
    'not-found',
    `part ${part} of report ${reportKey} is gone: it was removed while it was read`,
  )
}

/** The ids of stores by their keys. */
export async function readStoreIds(db: Db, storeKeys: readonly number[]): Promise<Map<number, StoreId>> {
  const ids = new Map<number, StoreId>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('store')
      .select(['store_key', 'store_id'])
      .where('store_key', 'in', keys)
      .execute()
    for (const row of rows) ids.set(row.store_key, row.store_id)
  }
  return ids
}
