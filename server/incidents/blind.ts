import { shareIncidents } from './grid-incidents.ts'
import { createGridCounts, type Grid, type GridCounts } from './grid.ts'
import type { FoundIncidents } from './incident.ts'
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

/** Rule 41 of docs/uptime.md, of stores one after the other. */
export interface BlindFeed {
  add(history: StoreHistory): void
  found(dataTimeMs: number): FoundIncidents
}

/** `isWhole`: whether all polls are known of before the grid. */
export function createBlindFeed(grid: Grid, thresholds: BlindThresholds, isWhole: boolean): BlindFeed {
  const { withinMs, seenMs, below, until } = thresholds
  const expected = createGridCounts(grid)
  const polled = createGridCounts(grid)
  return {
    add(history) {
      addOpenFor(withinMs, history, seenMs, expected)
      addOpenFor(withinMs, history, Math.min(withinMs, seenMs), polled)
    },
    found: (dataTimeMs) =>
      shareIncidents(
        'blind',
        { grid, stores: expected.counts(), counted: polled.counts(), isWhole, dataTimeMs },
        {
          ...thresholds,
          times: 1,
          isSo: (share) => share < below,
          isOver: (share) => share >= until,
        },
      ),
  }
}

/** Counts a store where it has been open for `openMs` without a break, and its last poll is at most `lengthMs` old. */
function addOpenFor(
  openMs: number,
  { atMs, count, judged }: StoreHistory,
  lengthMs: number,
  counts: GridCounts,
): void {
  let open = 0
  for (let i = 0; i < count; i++) {
    const firstMs = atMs[i]!
    // Polls that follow each other closely are passed as one.
    while (i + 1 < count && atMs[i + 1]! - atMs[i]! <= lengthMs) i++
    const untilMs = atMs[i]! + lengthMs
    while (open < judged.length && judged[open + 1]! <= firstMs) open += 2
    for (let next = open; next < judged.length && judged[next]! < untilMs; next += 2) {
      counts.add(Math.max(firstMs, judged[next]! + openMs - 1), Math.min(untilMs, judged[next + 1]!))
    }
  }
}
