import type { Corrections } from './corrections.ts'
import { coveredMs, isWithin, subtracted, type Interval, type Intervals } from './interval.ts'
import { pollWeekOf, type PollWeek } from './poll-week.ts'
import type { SegmentStatus } from './segments.ts'
import type { Found } from './state.ts'
import { createStretches, findStretches, statusIn, type Policy } from './stretches.ts'
import { tally, type Tally } from './tally.ts'

/** What decides a report besides the data. */
export interface Viewpoint extends Policy {
  readonly asOfMs: number
}

/** The instants that can matter to windows of at most `longestWindowMs` before `asOfMs`, both ends included. */
export function relevantTime({ asOfMs, reachMs }: Viewpoint, longestWindowMs: number): Interval {
  return { startMs: asOfMs - longestWindowMs - reachMs, endMs: asOfMs + 1 }
}

/** As much of `time` as is known as of an instant; it is never empty. */
export function knownTime({ startMs, endMs }: Interval, asOfMs: number): Interval {
  return { startMs, endMs: Math.max(startMs + 1, Math.min(endMs, asOfMs + 1)) }
}

/** The UTC weeks that hold polls of `time`, first to last. */
export function pollWeeksOf(time: Interval): number[] {
  const first = pollWeekOf(time.startMs)
  const last = pollWeekOf(time.endMs - 1)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** Judges a store: totals of each window, in whole milliseconds. */
export interface Judge {
  (open: Intervals, weeks: readonly PollWeek[], corrections?: Corrections): Tally[]
  /**
   * Of the store that was judged last, of whom these are: its status at the last instant before `asOf`, and its stretches,
   * which are there until the next one is judged.
   */
  found(open: Intervals, corrections?: Corrections): Found
}

/**
 * A judge of stores, one after the other. `open` is a store's open intervals over `relevantTime`, and `weeks` its polls
 * of `pollWeeksOf` it, in ascending order.
 */
export function createJudge(viewpoint: Viewpoint, windowLengthsMs: readonly number[]): Judge {
  const { asOfMs } = viewpoint
  const windows = windowLengthsMs.map((lengthMs) => ({ startMs: asOfMs - lengthMs, endMs: asOfMs }))
  let stretches = createStretches(1024)
  const [roomForOne, roomForAnother] = [createRoom(), createRoom()]

  function findIn(speaking: Intervals, weeks: readonly PollWeek[]): void {
    const mostStretches = weeks.reduce((sum, { from, to }) => sum + to - from, 0)
    if (mostStretches > stretches.startMs.length) stretches = createStretches(mostStretches * 2)
    findStretches(weeks, speaking, viewpoint, stretches)
  }

  /** Rule 22 of docs/uptime.md: silenced, cut, judged, excused. */
  function judgeCorrected(
    open: Intervals,
    weeks: readonly PollWeek[],
    { silent, closed, excused }: Corrections,
  ): Tally[] {
    findIn(subtracted(open, silent, roomForOne), weeks)
    const business = subtracted(open, closed, roomForOne)
    const judged = subtracted(business, excused, roomForAnother)
    return windows.map((window) => {
      const { uptimeMs, downtimeMs, unknownMs } = tally(judged, stretches, window)
      const excusedMs = coveredMs(business, window) - (uptimeMs + downtimeMs + unknownMs)
      return { uptimeMs, downtimeMs, unknownMs, excusedMs }
    })
  }

  function judge(open: Intervals, weeks: readonly PollWeek[], corrections?: Corrections): Tally[] {
    if (corrections !== undefined) return judgeCorrected(open, weeks, corrections)
    findIn(open, weeks)
    return windows.map((window) => tally(open, stretches, window))
  }

  function statusAtEnd(open: Intervals, corrections?: Corrections): SegmentStatus {
    const atMs = asOfMs - 1
    if (!isWithin(open, atMs)) return 'closed'
    if (corrections !== undefined && isWithin(corrections.closed, atMs)) return 'closed'
    if (corrections !== undefined && isWithin(corrections.excused, atMs)) return 'excused'
    return statusIn(stretches, atMs)
  }

  return Object.assign(judge, {
    found: (open: Intervals, corrections?: Corrections) => ({
      status: statusAtEnd(open, corrections),
      stretches,
    }),
  })
}

/** Room for so many numbers, the same again and again. */
function createRoom(): (length: number) => Float64Array {
  let room = new Float64Array(128)
  return (length) => {
    if (length > room.length) room = new Float64Array(2 * length)
    return room
  }
}
