import {
  byPercentKey,
  byTotalKey,
  reportColumns,
  uptimePercent,
  type PercentKey,
  type TotalKey,
} from '../../../shared/report-columns.ts'
import { columnOf, totalAt } from '../totals.ts'
import type { Places, ReportColumns } from './report-columns.ts'

/** The sums of the rows at some places, in the order of `reportColumns`. */
export function sumsOf({ totals }: ReportColumns, places: Places): Float64Array {
  const sums = new Float64Array(reportColumns.length)
  for (const place of places) {
    for (let column = 0; column < sums.length; column++) sums[column]! += totalAt(totals, place, column)
  }
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
