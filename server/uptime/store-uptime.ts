import type { Interval, Intervals } from './interval.ts'
import { pollWeekOf, type PollWeek } from './poll-week.ts'
import { createStretches, findStretches, type Policy } from './stretches.ts'
import { tally, type Tally } from './tally.ts'

/** What decides a report besides the data. */
export interface Viewpoint extends Policy {
  readonly asOfMs: number
}

/** The instants that can matter to windows of at most `longestWindowMs` before `asOfMs`, both ends included. */
export function relevantTime({ asOfMs, reachMs }: Viewpoint, longestWindowMs: number): Interval {
  return { startMs: asOfMs - longestWindowMs - reachMs, endMs: asOfMs + 1 }
}

/** The UTC weeks that hold polls of `time`, first to last. */
export function pollWeeksOf(time: Interval): number[] {
  const first = pollWeekOf(time.startMs)
  const last = pollWeekOf(time.endMs - 1)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/**
 * A judge of stores, one after the other: uptime, downtime and unknown of each window, in whole milliseconds. `open` is
 * a store's open intervals over `relevantTime`, and `weeks` its polls of `pollWeeksOf` it, in ascending order.
 */
export function createJudge(
  viewpoint: Viewpoint,
  windowLengthsMs: readonly number[],
): (open: Intervals, weeks: readonly PollWeek[]) => Tally[] {
  const { asOfMs } = viewpoint
  const windows = windowLengthsMs.map((lengthMs) => ({ startMs: asOfMs - lengthMs, endMs: asOfMs }))
  let stretches = createStretches(1024)

  return (open, weeks) => {
    const mostStretches = weeks.reduce((sum, { from, to }) => sum + to - from, 0)
    if (mostStretches > stretches.startMs.length) stretches = createStretches(mostStretches * 2)
    findStretches(weeks, open, viewpoint, stretches)
    return windows.map((window) => tally(open, stretches, window))
  }
}
