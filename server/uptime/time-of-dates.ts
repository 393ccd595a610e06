import type { Interval } from './interval.ts'

const DAY_MS = 86_400_000

/** Offsets from UTC are less than that. */
const MOST_OFFSET_MS = DAY_MS

/** The instants that local dates can hold in any zone, and those from which polls can speak for them. */
export function timeOfDates(fromDate: number, toDate: number, reachMs: number): Interval {
  return {
    startMs: fromDate * DAY_MS - MOST_OFFSET_MS - reachMs,
    endMs: (toDate + 1) * DAY_MS + MOST_OFFSET_MS + reachMs,
  }
}
