import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import type { PeriodRow, PeriodRowsQuery } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { listDoneParts, readPart, type DonePart } from '../database/report-results.ts'
import type { StoredReport } from '../database/reports.ts'
import { readStoreIds } from '../database/store-ids.ts'
import { wordsOfBytes } from '../uptime/words.ts'
import { periodsOf } from './asked.ts'
import { namesOfPeriods } from './asked-time.ts'
import { periodRows, wordsPerStore, type PeriodTotals } from './period-totals.ts'
import { requireComplete } from './require-complete.ts'
import { parseOffset } from './rows.ts'
import { readUncorrected, type Uncorrected } from './uncorrected.ts'

export interface PeriodsOfPart {
  readonly totals: PeriodTotals
  /** In the order of the totals. */
  readonly storeIds: readonly StoreId[]
  /** undefined where corrections change nothing. */
  readonly uncorrected: Uncorrected | undefined
}

/** The totals of a complete report by period, a part at a time, in ascending order of store id. */
export async function* periodTotalsByPart(
  db: Db,
  reportKey: number,
  periodCount: number,
): AsyncGenerator<PeriodsOfPart> {
  for (const part of await listDoneParts(db, reportKey)) {
    yield readPeriodsOfPart(db, reportKey, part, periodCount)
  }
}

/** The same for what asks for no ids, or for few. */
export async function* packedPeriodsByPart(
  db: Db,
  reportKey: number,
  periodCount: number,
): AsyncGenerator<{ readonly totals: PeriodTotals; readonly storeCount: number }> {
  for (const { part } of await listDoneParts(db, reportKey)) {
    const totals = wordsOfBytes(await readPart(db, reportKey, part, 'totals'))
    yield { totals, storeCount: totals.length / wordsPerStore(periodCount) }
  }
}

async function readPeriodsOfPart(
  db: Db,
  reportKey: number,
  part: DonePart,
  periodCount: number,
): Promise<PeriodsOfPart> {
  const totals = wordsOfBytes(await readPart(db, reportKey, part.part, 'totals'))
  const words = wordsPerStore(periodCount)
  const storeKeys = Array.from({ length: totals.length / words }, (_, store) => totals[store * words]!)
  const idOf = await readStoreIds(db, storeKeys)
  return {
    totals,
    storeIds: storeKeys.map((storeKey) => idOf.get(storeKey)!),
    uncorrected: await readUncorrected(db, reportKey, part, words),
  }
}

/** A page of the rows of a complete report by period. Its cursor is the number of rows before the page. */
export async function pageOfPeriodRows(
  db: Db,
  report: StoredReport,
  { cursor, limit }: PeriodRowsQuery,
): Promise<Page<PeriodRow>> {
  const periods = periodsOf(report)
  if (periods === undefined) {
    throw new AppError('conflict', `report ${report.report_id} is not by period: ask for its rows`)
  }
  requireComplete(report)
  const names = namesOfPeriods(periods)
  const offset = parseOffset(cursor)
  const items: PeriodRow[] = []
  let firstOfPart = 0
  for (const part of await listDoneParts(db, report.report_key)) {
    const rowCount = part.storeCount * names.length
    const from = Math.max(0, offset - firstOfPart)
    const to = Math.min(rowCount, offset + limit - firstOfPart)
    firstOfPart += rowCount
    if (from >= to) continue
    const { totals, storeIds, uncorrected } = await readPeriodsOfPart(
      db,
      report.report_key,
      part,
      names.length,
    )
    const firstStore = Math.floor(from / names.length)
    const lastStore = Math.floor((to - 1) / names.length)
    const rows: PeriodRow[] = []
    for (let store = firstStore; store <= lastStore; store++) {
      rows.push(...periodRows(totals, store, storeIds[store]!, names, uncorrected))
    }
    items.push(...rows.slice(from - firstStore * names.length, to - firstStore * names.length))
  }
  const next = offset + items.length
  return { items, nextCursor: items.length > 0 && next < firstOfPart ? String(next) : null }
}
