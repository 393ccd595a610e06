import type { Interval, Intervals } from './interval.ts'
import { findOutages } from './outages.ts'
import { lastPollMs } from './poll-week.ts'
import type { SegmentStatus } from './segments.ts'
import type { JudgedInput } from './speaking-polls.ts'
import type { Stretches } from './stretches.ts'

/** What a store is at the last instant before `asOf`: rules 13, 26 and 30 of docs/uptime.md. */
export interface StoreState {
  readonly status: SegmentStatus
  /** The outage that it is in, where it is down. */
  readonly outage: OngoingOutage | undefined
  /** The last poll up to `asOf` that is known; undefined where there is none. */
  readonly lastPollMs: number | undefined
}

export interface OngoingOutage {
  readonly startMs: number
  readonly downtimeMs: number
  /** Whether it began before the time that was looked at: these are of its part in it. */
  readonly isCut: boolean
}

/** What was found of the store when it was judged. */
export interface Found {
  readonly status: SegmentStatus
  readonly stretches: Stretches
}

/** `input` reaches as far before the last `lookBackMs` as polls do. */
export function stateAtEnd(input: JudgedInput, { status, stretches }: Found, lookBackMs: number): StoreState {
  const { asOfMs } = input.viewpoint
  const window = { startMs: asOfMs - lookBackMs, endMs: asOfMs }
  return {
    status,
    outage: status === 'down' ? ongoingOutage(input, stretches, window) : undefined,
    lastPollMs: lastPollMs(input.weeks, asOfMs),
  }
}

function ongoingOutage(input: JudgedInput, stretches: Stretches, window: Interval): OngoingOutage {
  if (input.corrections === undefined) return lastOutage(input.open, stretches, window)
  const { endMs } = window
  const { outages, isCutOff } = findOutages(input, window, Float64Array.of(endMs - 1, endMs))
  const { startMs, downtimeMs } = outages[0]!
  return { startMs, downtimeMs, isCut: isCutOff.before }
}

/** The one that a window ends in, walked back: `findOutages` finds the same, with its polls and where there are corrections. */
function lastOutage(
  open: Intervals,
  { startMs, endMs, active, count }: Stretches,
  window: Interval,
): OngoingOutage {
  let beganMs = window.endMs
  let downtimeMs = 0
  let last = count - 1
  for (let o = open.length - 2; o >= 0 && open[o + 1]! > window.startMs; o -= 2) {
    const openMs = Math.max(open[o]!, window.startMs)
    let at = Math.min(open[o + 1]!, window.endMs)
    while (at > openMs) {
      while (last >= 0 && startMs[last]! >= at) last--
      if (last < 0 || endMs[last]! < at || active[last] === 1)
        return { startMs: beganMs, downtimeMs, isCut: false }
      beganMs = Math.max(startMs[last]!, openMs)
      downtimeMs += at - beganMs
      at = beganMs
    }
  }
  return { startMs: beganMs, downtimeMs, isCut: true }
}
