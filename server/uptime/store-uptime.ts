import type { Interval, Intervals } from './interval.ts'
import { isActive, offsetOf, POLL_WEEK_MS, pollWeekOf, type PollWords } from './poll-week.ts'
import { tally, type Policy, type SpeakingPolls, type Tally } from './tally.ts'

/** What decides a report besides the data. */
export interface Viewpoint extends Policy {
  readonly asOfMs: number
}

/** A store's packed polls of a UTC week. */
export interface PollWeek {
  readonly week: number
  readonly words: PollWords
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
 * A judge of stores, one after the other: uptime, downtime and unknown of each window, in whole milliseconds. `open` and
 * `weeks` are a store's open intervals and polls over `relevantTime`, weeks in ascending order.
 */
export function createJudge(
  viewpoint: Viewpoint,
  windowLengthsMs: readonly number[],
): (open: Intervals, weeks: readonly PollWeek[]) => Tally[] {
  const { asOfMs } = viewpoint
  const time = relevantTime(viewpoint, Math.max(...windowLengthsMs))
  const windows = windowLengthsMs.map((lengthMs) => ({ startMs: asOfMs - lengthMs, endMs: asOfMs }))
  const scratch = { atMs: new Float64Array(1024), active: new Uint8Array(1024) }

  return (open, weeks) => {
    const mostPolls = weeks.reduce((sum, { words }) => sum + words.length, 0)
    if (mostPolls > scratch.atMs.length) {
      scratch.atMs = new Float64Array(mostPolls * 2)
      scratch.active = new Uint8Array(mostPolls * 2)
    }
    const polls = speakingPolls(open, weeks, time, scratch)
    return windows.map((window) => tally(open, polls, window, viewpoint))
  }
}

/** The polls within `time` that were taken while the store was open, written into `scratch`: rule 11 of docs/uptime.md. */
function speakingPolls(
  open: Intervals,
  weeks: readonly PollWeek[],
  time: Interval,
  scratch: { readonly atMs: Float64Array; readonly active: Uint8Array },
): SpeakingPolls {
  const { atMs, active } = scratch
  let count = 0
  let o = 0
  for (const { week, words } of weeks) {
    const weekStartMs = week * POLL_WEEK_MS
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!
      const at = weekStartMs + offsetOf(word)
      if (at < time.startMs) continue
      if (at >= time.endMs) return { atMs, active, count }
      while (o < open.length && open[o + 1]! <= at) o += 2
      if (o >= open.length) return { atMs, active, count }
      if (at < open[o]!) continue
      atMs[count] = at
      active[count] = isActive(word) ? 1 : 0
      count++
    }
  }
  return { atMs, active, count }
}
