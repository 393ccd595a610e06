import type { StoreId } from '../../shared/ids.ts'
import {
  byPercentKey,
  byTotalKey,
  measures,
  percentColumns,
  reportColumns,
  reportWindows,
  uptimePercent,
  type TotalKey,
} from '../../shared/report-columns.ts'
import type { ReportRow } from '../../shared/report.ts'
import type { Tally } from '../uptime/tally.ts'
import type { Uncorrected } from './uncorrected.ts'

/**
 * The totals of a part's stores, packed: for each store its key and then its totals in whole milliseconds, in the order
 * of `reportColumns`, as 32-bit words (a week has fewer than 2^30 ms). Stores are in ascending order of id.
 */
export type PackedTotals = Uint32Array<ArrayBuffer>

const TOTALS_PER_STORE = reportColumns.length
export const WORDS_PER_STORE = 1 + TOTALS_PER_STORE

const tallyKeys = measures.map(({ name }) => `${name}Ms` as const satisfies keyof Tally)
const totalKeys = reportColumns.map(({ key }) => key)
const percents = percentColumns.map(({ key, uptimeKey, downtimeKey }) => ({
  key,
  uptime: columnOf(uptimeKey),
  downtime: columnOf(downtimeKey),
}))

export function createTotals(storeCount: number): PackedTotals {
  return new Uint32Array(storeCount * WORDS_PER_STORE)
}

/** Writes one store's tallies, one for each of `reportWindows`, at its place among the stores. */
export function putTotals(
  totals: PackedTotals,
  store: number,
  storeKey: number,
  tallies: readonly Tally[],
): void {
  const at = store * WORDS_PER_STORE
  totals[at] = storeKey
  for (let measure = 0; measure < tallyKeys.length; measure++) {
    for (let window = 0; window < reportWindows.length; window++) {
      totals[at + 1 + measure * reportWindows.length + window] = tallies[window]![tallyKeys[measure]!]
    }
  }
}

export function storeCountOf(totals: PackedTotals): number {
  return totals.length / WORDS_PER_STORE
}

/** Those of the stores from the one at `from` to before the one at `to`, sharing their memory. */
export function totalsOfStores(totals: PackedTotals, from: number, to: number): PackedTotals {
  return totals.subarray(from * WORDS_PER_STORE, to * WORDS_PER_STORE)
}

export function storeKeyAt(totals: PackedTotals, store: number): number {
  return totals[store * WORDS_PER_STORE]!
}

/** The total of a store in a column of `reportColumns`, in milliseconds. */
export function totalAt(totals: PackedTotals, store: number, column: number): number {
  return totals[store * WORDS_PER_STORE + 1 + column]!
}

type Figures = NonNullable<ReportRow['uncorrected']>
/** All rows begin as a copy of it, so that they have their properties in the same order. */
const emptyFigures: Figures = { ...byTotalKey(() => 0), ...byPercentKey(() => null) }
const emptyRow: ReportRow = { storeId: '' as StoreId, ...emptyFigures, uncorrected: null }

export function reportRowAt(
  totals: PackedTotals,
  store: number,
  storeId: StoreId,
  uncorrected: Uncorrected | undefined,
): ReportRow {
  const row = putFigures({ ...emptyRow, storeId }, totals, store)
  const place = uncorrected?.placeOf.get(storeKeyAt(totals, store))
  if (place !== undefined) row.uncorrected = putFigures({ ...emptyFigures }, uncorrected!.totals, place)
  return row
}

function putFigures<Into extends Figures>(into: Into, totals: PackedTotals, store: number): Into {
  const figures: Figures = into
  for (let column = 0; column < totalKeys.length; column++) {
    figures[totalKeys[column]!] = totalAt(totals, store, column)
  }
  for (const { key, uptime, downtime } of percents) {
    figures[key] = uptimePercent(totalAt(totals, store, uptime), totalAt(totals, store, downtime))
  }
  return into
}

export function columnOf(key: TotalKey): number {
  return reportColumns.findIndex((column) => column.key === key)
}
