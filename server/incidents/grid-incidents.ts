import type { IncidentCondition } from '../../shared/incident-condition.ts'
import { instantAt, type Grid } from './grid.ts'
import { IncidentLog, type FoundIncidents } from './incident.ts'

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

export interface SharesOnGrid {
  readonly grid: Grid
  readonly stores: Int32Array
  /** Of these. */
  readonly counted: Int32Array
  readonly isWhole: boolean
  readonly dataTimeMs: number
}

/** An incident while a share of stores is so. Instants with too few stores say nothing. */
export function shareIncidents(
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
