import type { StoreId } from '../../shared/ids.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import type { PeriodRow } from '../../shared/report.ts'
import type { Tally } from '../uptime/tally.ts'
import type { Words } from '../uptime/words.ts'
import type { Uncorrected } from './uncorrected.ts'
import {
  COMMA,
  hundredthsOf,
  MOST_BYTES_PER_PERCENT,
  NEWLINE,
  putAscii,
  putHundredths,
  putPercent,
} from './csv-bytes.ts'

/**
 * The totals of a part's stores by period, packed as 32-bit words: for each store its key, and for each period uptime,
 * downtime, unknown and excused time in whole milliseconds (of at most ten years, so that an hour of the week has fewer
 * than 2^32).
 */
export type PeriodTotals = Words

/** How many totals a tally has. */
export const MEASURES = 4

export function wordsPerStore(periodCount: number): number {
  return 1 + periodCount * MEASURES
}

export function createPeriodTotals(storeCount: number, periodCount: number): PeriodTotals {
  return new Uint32Array(storeCount * wordsPerStore(periodCount))
}

/** Writes one store's tallies, one for each period, at its place among the stores. */
export function putPeriodTotals(
  totals: PeriodTotals,
  store: number,
  storeKey: number,
  tallies: readonly Tally[],
): void {
  const at = store * wordsPerStore(tallies.length)
  totals[at] = storeKey
  putTallies(totals, at + 1, tallies)
}

/** Writes tallies of periods that follow each other. */
export function putTallies(totals: Words | Float64Array, first: number, tallies: readonly Tally[]): void {
  let at = first
  for (const { uptimeMs, downtimeMs, unknownMs, excusedMs } of tallies) {
    totals[at] = uptimeMs
    totals[at + 1] = downtimeMs
    totals[at + 2] = unknownMs
    totals[at + 3] = excusedMs
    at += MEASURES
  }
}

export function storeKeyOf(totals: PeriodTotals, store: number, periodCount: number): number {
  return totals[store * wordsPerStore(periodCount)]!
}

/** A store's totals, four for each period, sharing their memory. */
export function talliesOf(totals: PeriodTotals, store: number, periodCount: number): Words {
  const first = store * wordsPerStore(periodCount) + 1
  return totals.subarray(first, first + periodCount * MEASURES)
}

/** The tally whose totals begin at `at`. */
export function tallyAt(totals: Words | Float64Array, at: number): Tally {
  return {
    uptimeMs: totals[at]!,
    downtimeMs: totals[at + 1]!,
    unknownMs: totals[at + 2]!,
    excusedMs: totals[at + 3]!,
  }
}

/** Adds totals to sums that are as many. */
export function addTallies(sums: Float64Array, tallies: Uint32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += tallies[i]!
}

const HOUR_MS = 3_600_000
/** `,87660.00`: ten years. */
const MOST_BYTES_PER_TOTAL = 9

/** The CSV lines of a store, whose totals begin at `at`. */
export function periodCsvLines(
  totals: PeriodTotals,
  store: number,
  storeId: StoreId,
  periods: readonly string[],
): Uint8Array<ArrayBuffer> {
  const mostPerLine =
    storeId.length + 1 + '2023-01-16'.length + MEASURES * MOST_BYTES_PER_TOTAL + MOST_BYTES_PER_PERCENT + 1
  const bytes = new Uint8Array(periods.length * mostPerLine)
  let from = store * wordsPerStore(periods.length) + 1
  let at = 0
  for (const period of periods) {
    at = putAscii(bytes, at, storeId)
    bytes[at] = COMMA
    at = putAscii(bytes, at + 1, period)
    for (let measure = 0; measure < MEASURES; measure++) {
      bytes[at] = COMMA
      at = putHundredths(bytes, at + 1, hundredthsOf(totals[from + measure]!, HOUR_MS))
    }
    bytes[at] = COMMA
    at = putPercent(bytes, at + 1, totals[from]!, totals[from + 1]!)
    bytes[at++] = NEWLINE
    from += MEASURES
  }
  return bytes.subarray(0, at)
}

/** The typed rows of a store. */
export function periodRows(
  totals: PeriodTotals,
  store: number,
  storeId: StoreId,
  periods: readonly string[],
  uncorrected: Uncorrected | undefined,
): PeriodRow[] {
  const first = store * wordsPerStore(periods.length)
  const place = uncorrected?.placeOf.get(totals[first]!)
  const firstUncorrected = place === undefined ? undefined : place * wordsPerStore(periods.length)
  return periods.map((period, i) => {
    const at = 1 + i * MEASURES
    const figures = figuresOf(tallyAt(totals, first + at))
    const alone =
      firstUncorrected === undefined ? null : figuresOf(tallyAt(uncorrected!.totals, firstUncorrected + at))
    return {
      storeId,
      period,
      ...figures,
      uncorrected: alone !== null && differ(alone, figures) ? alone : null,
    }
  })
}

type Figures = NonNullable<PeriodRow['uncorrected']>

export function figuresOf({ uptimeMs, downtimeMs, unknownMs, excusedMs }: Tally): Figures {
  return { uptimeMs, downtimeMs, unknownMs, excusedMs, uptimePercent: uptimePercent(uptimeMs, downtimeMs) }
}

export function differ(a: Tally, b: Tally): boolean {
  return (
    a.uptimeMs !== b.uptimeMs ||
    a.downtimeMs !== b.downtimeMs ||
    a.unknownMs !== b.unknownMs ||
    a.excusedMs !== b.excusedMs
  )
}
