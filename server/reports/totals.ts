import type { StoreId } from '../../shared/ids.ts'
import { reportColumns, reportWindows, uptimePercent, type ReportRow } from '../../shared/report.ts'
import type { Tally } from '../uptime/tally.ts'

/**
 * The totals of a part's stores, packed: for each store its key and then its totals in whole milliseconds, in the order
 * of `reportColumns`, as 32-bit words (a week has fewer than 2^30 ms). Stores are in ascending order of id.
 */
export type PackedTotals = Uint32Array<ArrayBuffer>

const TOTALS_PER_STORE = reportColumns.length
const WORDS_PER_STORE = 1 + TOTALS_PER_STORE

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
  const windows = reportWindows.length
  totals[at] = storeKey
  for (let window = 0; window < windows; window++) {
    const { uptimeMs, downtimeMs, unknownMs } = tallies[window]!
    totals[at + 1 + window] = uptimeMs
    totals[at + 1 + windows + window] = downtimeMs
    totals[at + 1 + 2 * windows + window] = unknownMs
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

export function reportRowAt(totals: PackedTotals, store: number, storeId: StoreId): ReportRow {
  const total = (column: number) => totalAt(totals, store, column)
  return {
    storeId,
    uptimeLastHourMs: total(0),
    uptimeLastDayMs: total(1),
    uptimeLastWeekMs: total(2),
    downtimeLastHourMs: total(3),
    downtimeLastDayMs: total(4),
    downtimeLastWeekMs: total(5),
    unknownLastHourMs: total(6),
    unknownLastDayMs: total(7),
    unknownLastWeekMs: total(8),
    uptimeLastHourPercent: uptimePercent(total(0), total(3)),
    uptimeLastDayPercent: uptimePercent(total(1), total(4)),
    uptimeLastWeekPercent: uptimePercent(total(2), total(5)),
  }
}
