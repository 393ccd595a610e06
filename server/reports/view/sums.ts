import {
  byPercentKey,
  byTotalKey,
  reportColumns,
  uptimePercent,
  type PercentKey,
  type TotalKey,
} from '../../../shared/report-columns.ts'
import { columnOf, totalAt, type PackedTotals } from '../totals.ts'

/** Sums of totals, in the order of `reportColumns`. */
export type Sums = Float64Array

export function noSums(): Sums {
  return new Float64Array(reportColumns.length)
}

export function addTotals(sums: Sums, totals: PackedTotals, store: number): void {
  for (let column = 0; column < sums.length; column++) sums[column]! += totalAt(totals, store, column)
}

export type RowSums = Record<TotalKey, number> & Record<PercentKey, number | null> & { stores: number }

/** Sums of so many stores as a row. */
export function rowSumsOf(stores: number, sums: Sums): RowSums {
  const sumOf = (key: TotalKey) => sums[columnOf(key)]!
  return {
    stores,
    ...byTotalKey(({ key }) => sumOf(key)),
    ...byPercentKey(({ uptimeKey, downtimeKey }) => uptimePercent(sumOf(uptimeKey), sumOf(downtimeKey))),
  }
}
