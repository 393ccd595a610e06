import {
  byPercentKey,
  byTotalKey,
  reportColumns,
  uptimePercent,
  type PercentKey,
  type TotalKey,
} from '../../../shared/report-columns.ts'
import { columnOf, totalAt, type PackedTotals } from '../totals.ts'
import type { Places, ReportColumns } from './report-columns.ts'

/** Sums of totals, in the order of `reportColumns`. */
export type Sums = Float64Array

export function noSums(): Sums {
  return new Float64Array(reportColumns.length)
}

export function addTotals(sums: Sums, totals: PackedTotals, store: number): void {
  for (let column = 0; column < sums.length; column++) sums[column]! += totalAt(totals, store, column)
}

/** The sums of the rows at some places. */
export function sumsOf({ totals }: ReportColumns, places: Places): Sums {
  const sums = noSums()
  for (const place of places) addTotals(sums, totals, place)
  return sums
}

export type RowSums = Record<TotalKey, number> & Record<PercentKey, number | null> & { stores: number }

/** The same as a row. */
export function rowSumsOf(columns: ReportColumns, places: Places): RowSums {
  const sums = sumsOf(columns, places)
  const sumOf = (key: TotalKey) => sums[columnOf(key)]!
  return {
    stores: places.length,
    ...byTotalKey(({ key }) => sumOf(key)),
    ...byPercentKey(({ uptimeKey, downtimeKey }) => uptimePercent(sumOf(uptimeKey), sumOf(downtimeKey))),
  }
}
