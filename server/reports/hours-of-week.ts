import { longestWindowMs } from '../../shared/report-columns.ts'
import { createPeriodJudge, type PeriodJudge } from '../uptime/periods.ts'
import type { Tally } from '../uptime/tally.ts'
import type { Viewpoint } from '../uptime/store-uptime.ts'

const DAY_MS = 86_400_000
const MEASURES = 4

/** Judges stores by the hour of the week, over the longest window of a report: its totals are those of the window. */
export function createWeekJudge(viewpoint: Viewpoint): PeriodJudge {
  const startMs = viewpoint.asOfMs - longestWindowMs
  // The dates that it may hold in any zone.
  const fromDate = Math.floor(startMs / DAY_MS) - 1
  const toDate = Math.floor(viewpoint.asOfMs / DAY_MS) + 1
  return createPeriodJudge('hour-of-week', fromDate, toDate, viewpoint, startMs)
}

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
