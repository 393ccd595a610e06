import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import {
  byPercentKey,
  byTotalKey,
  reportColumns,
  uptimePercent,
  type PercentKey,
  type TotalKey,
} from '../../shared/report-columns.ts'
import type { ReportRow, ReportRowsQuery } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { listPartSizes, readPart, type PartSize } from '../database/report-results.ts'
import { readStoreIds } from '../database/store-ids.ts'
import { wordsOfBytes } from '../uptime/words.ts'
import {
  reportRowAt,
  storeCountOf,
  storeKeyAt,
  totalAt,
  totalsOfStores,
  WORDS_PER_STORE,
  type PackedTotals,
} from './totals.ts'
import { readUncorrected, type Uncorrected } from './uncorrected.ts'

export interface RowsOfPart {
  readonly totals: PackedTotals
  /** In the order of the totals. */
  readonly storeIds: readonly StoreId[]
  /** undefined where corrections change nothing. */
  readonly uncorrected: Uncorrected | undefined
}

/** The rows of a complete report, a part at a time, in ascending order of store id. */
export async function* rowsByPart(db: Db, reportKey: number): AsyncGenerator<RowsOfPart> {
  for (const part of await listPartSizes(db, reportKey)) yield readRowsOfPart(db, reportKey, part)
}

/** The totals of a complete report, a part at a time, for what asks for no ids. */
export async function* totalsByPart(db: Db, reportKey: number): AsyncGenerator<PackedTotals> {
  for (const { part } of await listPartSizes(db, reportKey)) {
    yield wordsOfBytes(await readPart(db, reportKey, part, 'totals'))
  }
}

/**
 * Reads pages of a complete report's rows. The rows do not change any more, so that a cursor is the number of rows
 * before the page; the order of the last query is kept for its next page.
 */
export function createRowReader(
  db: Db,
): (reportKey: number, query: ReportRowsQuery) => Promise<Page<ReportRow>> {
  let last: { readonly key: string; readonly rows: readonly ReportRow[] } | undefined

  return async (reportKey, query) => {
    const offset = parseOffset(query.cursor)
    if (isStoredOrder(query)) return pageInStoredOrder(db, reportKey, offset, query.limit)
    const key = JSON.stringify([reportKey, query.sortBy, query.order, query.storeId])
    if (last?.key !== key) last = { key, rows: await sortedRows(db, reportKey, query) }
    return pageAt(last.rows.slice(offset, offset + query.limit), offset, last.rows.length)
  }
}

/** Whether the rows that are asked for lie together as they are stored. */
export function isStoredOrder({ sortBy, order, storeId }: ReportRowsQuery): boolean {
  return sortBy === 'storeId' && order === 'ascending' && storeId === undefined
}

async function pageInStoredOrder(
  db: Db,
  reportKey: number,
  offset: number,
  limit: number,
): Promise<Page<ReportRow>> {
  const items: ReportRow[] = []
  let firstOfPart = 0
  for (const part of await listPartSizes(db, reportKey)) {
    const from = Math.max(0, offset - firstOfPart)
    const to = Math.min(part.storeCount, offset + limit - firstOfPart)
    firstOfPart += part.storeCount
    if (from >= to) continue
    const { totals, storeIds, uncorrected } = await readRowsOfPart(db, reportKey, part, from, to)
    storeIds.forEach((storeId, store) => items.push(reportRowAt(totals, store, storeId, uncorrected)))
  }
  return pageAt(items, offset, firstOfPart)
}

async function sortedRows(db: Db, reportKey: number, query: ReportRowsQuery): Promise<ReportRow[]> {
  const rows: ReportRow[] = []
  for await (const { totals, storeIds, uncorrected } of rowsByPart(db, reportKey)) {
    storeIds.forEach((storeId, store) => {
      if (query.storeId === undefined || containsText(storeId, query.storeId)) {
        rows.push(reportRowAt(totals, store, storeId, uncorrected))
      }
    })
  }
  return query.sortBy === 'storeId' ? inOrder(rows, query) : sortedBy(rows, query.sortBy, query.order)
}

/** By a column; rows of the same value in ascending order of id, rows without a value (null) last. */
function sortedBy(
  rows: ReportRow[],
  column: Exclude<ReportRowsQuery['sortBy'], 'storeId'>,
  order: ReportRowsQuery['order'],
): ReportRow[] {
  const sign = order === 'ascending' ? 1 : -1
  return rows.sort((a, b) => {
    const left = a[column]
    const right = b[column]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return (left - right) * sign
  })
}

function inOrder(rows: ReportRow[], { order }: ReportRowsQuery): ReportRow[] {
  return order === 'ascending' ? rows : rows.reverse()
}

export type RowSums = Record<TotalKey, number> & Record<PercentKey, number | null> & { stores: number }

/** The sums of a complete report's rows, or of those of stores whose id contains a text. */
export async function sumOfRows(db: Db, reportKey: number, storeId: string | undefined): Promise<RowSums> {
  const sums = reportColumns.map(() => 0)
  let stores = 0
  for await (const { totals, storeIds } of rowsByPart(db, reportKey)) {
    for (let store = 0; store < storeIds.length; store++) {
      if (storeId !== undefined && !containsText(storeIds[store]!, storeId)) continue
      stores++
      for (let column = 0; column < sums.length; column++) sums[column]! += totalAt(totals, store, column)
    }
  }
  const total = byTotalKey(({ key }) => sums[reportColumns.findIndex((column) => column.key === key)]!)
  const percents = byPercentKey(({ uptimeKey, downtimeKey }) =>
    uptimePercent(total[uptimeKey], total[downtimeKey]),
  )
  return { stores, ...total, ...percents }
}

export function containsText(storeId: StoreId, text: string): boolean {
  return storeId.toLowerCase().includes(text.toLowerCase())
}

function pageAt(items: ReportRow[], offset: number, rowCount: number): Page<ReportRow> {
  const next = offset + items.length
  return { items, nextCursor: items.length > 0 && next < rowCount ? String(next) : null }
}

export function parseOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (/^\d{1,12}$/.test(cursor)) return Number(cursor)
  throw new AppError(
    'invalid',
    `"${cursor}" is not a cursor of these rows: take nextCursor of the page before`,
  )
}

/** The rows of a part from the one at `from` to before the one at `to`. */
async function readRowsOfPart(
  db: Db,
  reportKey: number,
  part: PartSize,
  from = 0,
  to = Infinity,
): Promise<RowsOfPart> {
  const ofPart = wordsOfBytes(await readPart(db, reportKey, part.part, 'totals'))
  const totals = totalsOfStores(ofPart, from, Math.min(to, storeCountOf(ofPart)))
  const storeKeys = Array.from({ length: storeCountOf(totals) }, (_, store) => storeKeyAt(totals, store))
  const idOf = await readStoreIds(db, storeKeys)
  return {
    totals,
    storeIds: storeKeys.map((storeKey) => idOf.get(storeKey)!),
    uncorrected: await readUncorrected(db, reportKey, part, WORDS_PER_STORE),
  }
}
