import { intersected, mergedIntervals, type Interval, type Intervals } from '../interval.ts'
import { findOutages, longestRange } from '../outages.ts'
import { addTimeInSlots, type Slot } from '../periods.ts'
import { findSegments, judgementOf, type SegmentStatus } from '../segments.ts'
import type { JudgedInput } from '../speaking-polls.ts'
import { HOURS_OF_WEEK } from './order-week.ts'

/** Down time of a store by hour of the week, in milliseconds: what it was, at least and at most (rule 28 of docs/uptime.md). */
export interface DownHours {
  readonly shortest: Float64Array
  readonly down: Float64Array
  readonly longest: Float64Array
  readonly downtimeMs: number
  readonly unknownMs: number
}

const everything: Intervals = Float64Array.of(-Infinity, Infinity)

/**
 * The down time of a store in some time, of which `slots` are the hours of the week. `input` reaches four times the reach of a poll
 * beyond it on both sides, but for what is after `asOf`.
 */
export function downHoursIn(input: JudgedInput, slots: readonly Slot[]): DownHours {
  const within = hullOf(slots)
  const segments = findSegments(input, within)
  const timeOf = (...statuses: readonly SegmentStatus[]) =>
    mergedIntervals(
      segments.filter(({ status }) => statuses.includes(status)),
      within,
    )
  const down = timeOf('down')
  const { shortest, longest } = down.length === 0 ? nothing : rangesOf(input, within)
  const byHour = (time: Intervals) => timeByHour(time, slots)
  const downByHour = byHour(down)
  return {
    shortest: byHour(intersected(shortest, down)),
    down: downByHour,
    longest: byHour(intersected(longest, timeOf('up', 'down'))),
    downtimeMs: sum(downByHour),
    unknownMs: sum(byHour(timeOf('unknown'))),
  }
}

const nothing = { shortest: new Float64Array(0), longest: new Float64Array(0) }

/** From the first to the last poll of each outage, and between the active polls around it. */
function rangesOf(input: JudgedInput, within: Interval) {
  const { viewpoint } = input
  const around = {
    startMs: within.startMs - 2 * viewpoint.reachMs,
    endMs: within.endMs + 2 * viewpoint.reachMs,
  }
  const { polls } = judgementOf(input)
  const { outages } = findOutages(input, around, everything)
  return {
    shortest: mergedIntervals(
      outages.map(({ firstPollMs, lastPollMs }) => ({ startMs: firstPollMs, endMs: lastPollMs })),
      within,
    ),
    longest: mergedIntervals(
      outages.map((outage) => longestRange(polls, outage, viewpoint)),
      within,
    ),
  }
}

function hullOf(slots: readonly Slot[]): Interval {
  return { startMs: slots[0]?.startMs ?? 0, endMs: slots.at(-1)?.endMs ?? 0 }
}

function timeByHour(time: Intervals, slots: readonly Slot[]): Float64Array {
  const sums = new Float64Array(HOURS_OF_WEEK)
  addTimeInSlots(sums, time, slots)
  return sums
}

function sum(times: Float64Array): number {
  return times.reduce((sumMs, timeMs) => sumMs + timeMs, 0)
}
