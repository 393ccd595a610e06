import { longestWindowMs } from '../../shared/report-columns.ts'
import { createPeriodJudge, type PeriodJudge } from '../uptime/periods.ts'
import type { Viewpoint } from '../uptime/store-uptime.ts'

const DAY_MS = 86_400_000

/** Judges stores by the hour of the week, over the longest window of a report: its totals are those of the window. */
export function createWeekJudge(viewpoint: Viewpoint): PeriodJudge {
  const startMs = viewpoint.asOfMs - longestWindowMs
  // The dates that it may hold in any zone.
  const fromDate = Math.floor(startMs / DAY_MS) - 1
  const toDate = Math.floor(viewpoint.asOfMs / DAY_MS) + 1
  return createPeriodJudge('hour-of-week', fromDate, toDate, viewpoint, startMs)
}
