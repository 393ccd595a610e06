import { longestWindowMs } from '../../shared/report-columns.ts'
import { createPeriodSums, type PeriodSums } from '../uptime/period-judge.ts'
import type { Viewpoint } from '../uptime/store-uptime.ts'

const DAY_MS = 86_400_000

/** Sums of stores by the hour of the week, over the longest window of a report: those of the window. */
export function createWeekSums(viewpoint: Viewpoint): PeriodSums {
  const startMs = viewpoint.asOfMs - longestWindowMs
  // The dates that it may hold in any zone.
  const fromDate = Math.floor(startMs / DAY_MS) - 1
  const toDate = Math.floor(viewpoint.asOfMs / DAY_MS) + 1
  return createPeriodSums('hour-of-week', fromDate, toDate, viewpoint, startMs)
}
