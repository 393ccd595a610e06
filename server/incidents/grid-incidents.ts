import type { IncidentCondition } from '../../shared/incident-condition.ts'
import { createGridCounts, instantAt, type Grid, type GridCounts } from './grid.ts'
import { IncidentLog, type FoundIncidents } from './incident.ts'
import type { StoreHistory } from './store-history.ts'

/** What is told of shares of stores. */
export interface ShareThresholds {
  readonly stores: number
  readonly expireMs: number
  /** How often in a row it has to be over. */
  readonly times: number
  /** Both of a percentage. */
  isSo(share: number): boolean
  isOver(share: number): boolean
}

/** What a share of stores is judged on; `isWhole`: whether all polls are known of before the grid. */
export interface GridTime {
  readonly grid: Grid
  readonly dataTimeMs: number
  readonly isWhole: boolean
}

/** Rules 40 and 41 of docs/uptime.md, of stores one after the other. */
export interface ShareOfStores {
  add(history: StoreHistory): void
  found(): FoundIncidents
}

/** `count` tells of each store when it is one of them, and when it is one of those that are counted. */
export function createShareOfStores(
  condition: IncidentCondition,
  time: GridTime,
  thresholds: ShareThresholds,
  count: (history: StoreHistory, stores: GridCounts, counted: GridCounts) => void,
): ShareOfStores {
  const stores = createGridCounts(time.grid)
  const counted = createGridCounts(time.grid)
  return {
    add: (history) => count(history, stores, counted),
    found: () =>
      shareIncidents(condition, { ...time, stores: stores.counts(), counted: counted.counts() }, thresholds),
  }
}

interface SharesOnGrid extends GridTime {
  readonly stores: Int32Array
  /** Of these. */
  readonly counted: Int32Array
}

/** An incident while a share of stores is so. Instants with too few stores say nothing. */
function shareIncidents(
  condition: IncidentCondition,
  { grid, stores, counted, isWhole, dataTimeMs }: SharesOnGrid,
  thresholds: ShareThresholds,
): FoundIncidents {
  const { expireMs, times } = thresholds
  const log = new IncidentLog()
  let certainFromMs = isWhole ? -Infinity : instantAt(grid, 0) + expireMs
  let overInARow = 0
  let judgedMs = -Infinity
  for (let place = 0; place < grid.count; place++) {
    if (stores[place]! < thresholds.stores) continue
    const atMs = instantAt(grid, place)
    if (atMs - judgedMs > expireMs) log.close(judgedMs + expireMs, 'expired')
    if (judgedMs === -Infinity && certainFromMs > atMs) certainFromMs = Infinity
    judgedMs = atMs
    const share = (100 * counted[place]!) / stores[place]!
    overInARow = thresholds.isOver(share) ? overInARow + 1 : 0
    if (overInARow >= times) {
      certainFromMs = Math.min(certainFromMs, atMs)
      log.close(atMs, 'recovered')
    } else if (thresholds.isSo(share) && !log.isOpen) {
      log.open({ condition, startMs: atMs, openedMs: atMs, value: share })
    }
  }
  if (dataTimeMs - judgedMs > expireMs) log.close(judgedMs + expireMs, 'expired')
  return { incidents: log.all(), certainFromMs }
}
