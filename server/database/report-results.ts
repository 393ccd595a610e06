import { AppError } from '../../shared/app-error.ts'
import type { Db } from './connect.ts'

export interface PartResult {
  readonly storeCount: number
  /** The totals of each store, packed as `reports/totals.ts` says. */
  readonly totals: Uint8Array
  readonly csv: Uint8Array
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
