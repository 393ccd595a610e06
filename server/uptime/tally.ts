import type { Interval, Intervals } from './interval.ts'

/** The polls that speak for a store: taken while it was open, sorted by time, at most one at a millisecond. */
export interface SpeakingPolls {
  /** Epoch milliseconds; the first `count` are in use. */
  readonly atMs: Float64Array
  /** 1 where the store was up. */
  readonly active: Uint8Array
  readonly count: number
}

/** Which poll speaks for a moment, and how far: rules 12 and 13 of docs/uptime.md. */
export interface Policy {
  readonly interpolation: 'nearest' | 'previous'
  readonly reachMs: number
}

/** Business time in a window by status, in whole milliseconds. */
export interface Tally {
  readonly uptimeMs: number
  readonly downtimeMs: number
  readonly unknownMs: number
}

/**
 * How long a store was up, down and unknown in `window` while it was open. Each poll speaks for one stretch of time;
 * the stretches are in order and do not overlap, so that one walk over polls and open intervals adds up their overlap.
 */
export function tally(open: Intervals, polls: SpeakingPolls, window: Interval, policy: Policy): Tally {
  const { atMs, active, count } = polls
  const { reachMs } = policy
  const nearest = policy.interpolation === 'nearest'
  const firstOpen = firstIntervalEndingAfter(open, window.startMs)
  let uptimeMs = 0
  let downtimeMs = 0
  let o = firstOpen
  for (let i = firstPollAfter(polls, window.startMs - reachMs); i < count; i++) {
    const at = atMs[i]!
    const before = i > 0 ? atMs[i - 1]! : -Infinity
    const after = i + 1 < count ? atMs[i + 1]! : Infinity
    const from = nearest
      ? Math.max(at - reachMs, Math.floor((before + at) / 2))
      : Math.min(at, Math.max(at - reachMs, before + reachMs))
    const to = Math.min(at + reachMs, nearest ? Math.floor((at + after) / 2) : after)
    const startMs = Math.max(from, window.startMs)
    const endMs = Math.min(to, window.endMs)
    if (startMs >= window.endMs) break

    let overlapMs = 0
    for (; o < open.length; o += 2) {
      overlapMs += Math.max(0, Math.min(open[o + 1]!, endMs) - Math.max(open[o]!, startMs))
      if (open[o + 1]! > endMs) break
    }
    if (active[i] === 1) uptimeMs += overlapMs
    else downtimeMs += overlapMs
  }
  const unknownMs = openTimeMs(open, firstOpen, window) - uptimeMs - downtimeMs
  return { uptimeMs, downtimeMs, unknownMs }
}

/** How long the intervals from index `from` on last within `window`. */
function openTimeMs(open: Intervals, from: number, window: Interval): number {
  let sum = 0
  for (let o = from; o < open.length; o += 2) {
    sum += Math.max(0, Math.min(open[o + 1]!, window.endMs) - Math.max(open[o]!, window.startMs))
  }
  return sum
}

function firstIntervalEndingAfter(open: Intervals, atMs: number): number {
  let o = 0
  while (o < open.length && open[o + 1]! <= atMs) o += 2
  return o
}

function firstPollAfter({ atMs, count }: SpeakingPolls, afterMs: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (atMs[middle]! > afterMs) high = middle
    else low = middle + 1
  }
  return low
}
