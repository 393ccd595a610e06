import { findOutages } from './outages.ts'
import { lastPollMs } from './poll-week.ts'
import type { SegmentStatus } from './segments.ts'
import type { JudgedInput } from './speaking-polls.ts'

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

/** `status` is that of the last instant; `input` reaches as far before the last `lookBackMs` as polls do. */
export function stateAtEnd(input: JudgedInput, status: SegmentStatus, lookBackMs: number): StoreState {
  const { asOfMs } = input.viewpoint
  return {
    status,
    outage: status === 'down' ? ongoingOutage(input, lookBackMs) : undefined,
    lastPollMs: lastPollMs(input.weeks, asOfMs),
  }
}

function ongoingOutage(input: JudgedInput, lookBackMs: number): OngoingOutage {
  const { asOfMs } = input.viewpoint
  const window = { startMs: asOfMs - lookBackMs, endMs: asOfMs }
  const { outages, isCutOff } = findOutages(input, window, Float64Array.of(asOfMs - 1, asOfMs))
  const { startMs, downtimeMs } = outages[0]!
  return { startMs, downtimeMs, isCut: isCutOff.before }
}
