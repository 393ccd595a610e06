import type { Interval, Intervals } from './interval.ts'
import type { Stretches } from './stretches.ts'

/** Business time in a window by status, in whole milliseconds: rules 14 and 15 of docs/uptime.md. */
export interface Tally {
  readonly uptimeMs: number
  readonly downtimeMs: number
  readonly unknownMs: number
  /** Rule 21. */
  readonly excusedMs: number
}

/**
 * How long a store was up, down and unknown in `window` while it was open: what the open intervals, the stretches and
 * the window have in common, in one walk over both. None of it is excused.
 */
export function tally(open: Intervals, stretches: Stretches, window: Interval): Tally {
  const { startMs, endMs, active, count } = stretches
  let openMs = 0
  let uptimeMs = 0
  let downtimeMs = 0
  let s = 0
  for (let o = 0; o < open.length; o += 2) {
    const openFrom = Math.max(open[o]!, window.startMs)
    const openTo = Math.min(open[o + 1]!, window.endMs)
    if (openFrom >= openTo) continue
    openMs += openTo - openFrom
    while (s < count && endMs[s]! <= openFrom) s++
    for (; s < count && startMs[s]! < openTo; s++) {
      const overlapMs = Math.min(endMs[s]!, openTo) - Math.max(startMs[s]!, openFrom)
      if (active[s] === 1) uptimeMs += overlapMs
      else downtimeMs += overlapMs
      if (endMs[s]! > openTo) break
    }
  }
  return { uptimeMs, downtimeMs, unknownMs: openMs - uptimeMs - downtimeMs, excusedMs: 0 }
}
