import type { Tally } from '../uptime/tally.ts'

const MEASURES = 4

/** Sums by hour: of each, in the order of a tally's totals. */
export function createHourSums(): Float64Array<ArrayBuffer> {
  return new Float64Array(7 * 24 * MEASURES)
}

export function addHours(sums: Float64Array, tallies: readonly Tally[]): void {
  tallies.forEach(({ uptimeMs, downtimeMs, unknownMs, excusedMs }, hour) => {
    const at = hour * MEASURES
    sums[at]! += uptimeMs
    sums[at + 1]! += downtimeMs
    sums[at + 2]! += unknownMs
    sums[at + 3]! += excusedMs
  })
}

/** The sums as tallies again. */
export function hoursOf(sums: Float64Array): Tally[] {
  return Array.from({ length: 7 * 24 }, (_, hour) => {
    const [uptimeMs, downtimeMs, unknownMs, excusedMs] = sums.subarray(hour * MEASURES, (hour + 1) * MEASURES)
    return { uptimeMs: uptimeMs!, downtimeMs: downtimeMs!, unknownMs: unknownMs!, excusedMs: excusedMs! }
  })
}
