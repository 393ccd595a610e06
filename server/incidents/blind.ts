import { createShareOfStores, type GridTime, type ShareOfStores } from './grid-incidents.ts'
import type { GridCounts } from './grid.ts'
import type { StoreHistory } from './store-history.ts'

export interface BlindThresholds {
  readonly withinMs: number
  readonly seenMs: number
  readonly stores: number
  /** In percent. */
  readonly below: number
  readonly until: number
  readonly expireMs: number
}

/** Rule 41 of docs/uptime.md. */
export function createBlindFeed(time: GridTime, thresholds: BlindThresholds): ShareOfStores {
  const { withinMs, seenMs, below, until } = thresholds
  return createShareOfStores(
    'blind',
    time,
    {
      ...thresholds,
      times: 1,
      isSo: (share) => share < below,
      isOver: (share) => share >= until,
    },
    (history, expected, polled) => {
      addOpenFor(withinMs, history, seenMs, expected)
      addOpenFor(withinMs, history, Math.min(withinMs, seenMs), polled)
    },
  )
}

/** Counts a store where it has been open for `openMs` without a break, and its last poll is at most `lengthMs` old. */
function addOpenFor(
  openMs: number,
  { atMs, count, gaps, gapCount, judged }: StoreHistory,
  lengthMs: number,
  counts: GridCounts,
): void {
  if (count === 0) return
  let open = 0
  let first = 0
  // Polls that follow each other closely are passed as one.
  for (let gap = 0; gap <= gapCount; gap++) {
    const last = gap === gapCount ? count - 1 : gaps[gap]!
    if (gap < gapCount && atMs[last + 1]! - atMs[last]! <= lengthMs) continue
    const firstMs = atMs[first]!
    const untilMs = atMs[last]! + lengthMs
    first = last + 1
    while (open < judged.length && judged[open + 1]! <= firstMs) open += 2
    for (let next = open; next < judged.length && judged[next]! < untilMs; next += 2) {
      counts.add(Math.max(firstMs, judged[next]! + openMs - 1), Math.min(untilMs, judged[next + 1]!))
    }
  }
}
