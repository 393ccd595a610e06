import { createShareOfStores, type GridTime, type ShareOfStores } from './grid-incidents.ts'
import type { GridCounts } from './grid.ts'
import type { StoreHistory } from './store-history.ts'

export interface GroupShareThresholds {
  readonly withinMs: number
  readonly stores: number
  /** In percent. */
  readonly share: number
  readonly until: number
  readonly times: number
  readonly expireMs: number
}

/** Rule 40 of docs/uptime.md, of the stores of one group. */
export function createGroupShare(time: GridTime, thresholds: GroupShareThresholds): ShareOfStores {
  const { share, until, withinMs } = thresholds
  return createShareOfStores(
    'group-share',
    time,
    {
      ...thresholds,
      isSo: (percent) => percent >= share,
      isOver: (percent) => percent < until,
    },
    (history, all, inactive) => addStatuses(history, withinMs, all, inactive),
  )
}

/** Counts a store where it is open and its last poll is at most `withinMs` old; where that is inactive, there, too. */
function addStatuses(
  { atMs, active, count, judged }: StoreHistory,
  withinMs: number,
  all: GridCounts,
  inactive: GridCounts,
): void {
  let open = 0
  for (let i = 0; i < count; i++) {
    const firstMs = atMs[i]!
    const status = active[i]
    // Polls of one status that follow each other closely are passed as one.
    while (i + 1 < count && active[i + 1] === status && atMs[i + 1]! - atMs[i]! <= withinMs) i++
    const untilMs = Math.min(atMs[i]! + withinMs, i + 1 < count ? atMs[i + 1]! : Infinity)
    while (open < judged.length && judged[open + 1]! <= firstMs) open += 2
    for (let next = open; next < judged.length && judged[next]! < untilMs; next += 2) {
      const fromMs = Math.max(firstMs, judged[next]!)
      const toMs = Math.min(untilMs, judged[next + 1]!)
      all.add(fromMs, toMs)
      if (status === 0) inactive.add(fromMs, toMs)
    }
  }
}
