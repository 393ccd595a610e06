import { intersected, subtracted, type Interval, type Intervals } from './interval.ts'
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
  return {
    status,
    outage: status === 'down' ? outageAtEnd(input, stretches, lookBackMs) : undefined,
    lastPollMs: lastPollMs(input.weeks, asOfMs),
  }
}

/** The one that goes on, or would if the store were open. */
export function outageAtEnd(input: JudgedInput, stretches: Stretches, lookBackMs: number): OngoingOutage {
  const { open, corrections, viewpoint } = input
  const window = { startMs: viewpoint.asOfMs - lookBackMs, endMs: viewpoint.asOfMs }
  if (corrections === undefined) return lastOutage(open, stretches, window)
  const business = subtracted(open, corrections.closed)
  const beforeEnd = Float64Array.of(window.startMs, window.endMs)
  const excused = intersected(intersected(business, corrections.excused), beforeEnd)
  if (excused.length === 0) return lastOutage(business, stretches, window)
  // It began after what is excused, which it is not.
  const outage = lastOutage(business, stretches, { startMs: excused.at(-1)!, endMs: window.endMs })
  return { ...outage, isCut: false }
}

/** The one that a window ends in, walked back over business time: `findOutages` finds the same, with its polls. */
function lastOutage(
  business: Intervals,
  { startMs, endMs, active, count }: Stretches,
  window: Interval,
): OngoingOutage {
  let beganMs = window.endMs
  let downtimeMs = 0
  let last = count - 1
  for (let b = business.length - 2; b >= 0 && business[b + 1]! > window.startMs; b -= 2) {
    const openMs = Math.max(business[b]!, window.startMs)
    let at = Math.min(business[b + 1]!, window.endMs)
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
