import type { Tally } from '../uptime/tally.ts'
import { MEASURES, putTallies, tallyAt } from './period-totals.ts'

const HOURS = 7 * 24

/** Sums by hour: of each, in the order of a tally's totals. */
export function createHourSums(): Float64Array<ArrayBuffer> {
  return new Float64Array(HOURS * MEASURES)
}

export function sumsOfHours(tallies: readonly Tally[]): Float64Array {
  const sums = createHourSums()
  putTallies(sums, 0, tallies)
  return sums
}

/** The sums as tallies again. */
export function hoursOf(sums: Float64Array): Tally[] {
  return Array.from({ length: HOURS }, (_, hour) => tallyAt(sums, hour * MEASURES))
}
