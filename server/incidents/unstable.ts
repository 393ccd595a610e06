import { IncidentLog, type FoundIncidents } from './incident.ts'
import type { StoreHistory } from './store-history.ts'

export interface UnstableThresholds {
  readonly of: number
  readonly changes: number
  readonly until: number
  readonly expireMs: number
}

/** Rule 36 of docs/uptime.md. */
export function unstableIncidents(
  history: StoreHistory,
  { of, changes, until, expireMs }: UnstableThresholds,
): FoundIncidents {
  const { atMs, active, count, fromMs, dataTimeMs } = history
  // As most are.
  if (history.changes <= until && count >= of) {
    return { incidents: [], certainFromMs: fromMs === -Infinity ? -Infinity : atMs[of - 1]! }
  }
  const log = new IncidentLog()
  let certainFromMs = fromMs === -Infinity ? -Infinity : Infinity
  let first = 0 // of the polls that are looked at
  let changed = 0 // how often they do
  let lastMs = fromMs
  for (let i = 0; i < count; i++) {
    const at = atMs[i]!
    if (at - lastMs > expireMs) {
      certainFromMs = Math.min(certainFromMs, lastMs + expireMs)
      log.close(lastMs + expireMs, 'expired')
      first = i
      changed = 0
    }
    lastMs = at
    if (i > first && active[i] !== active[i - 1]) changed++
    if (i - first === of) {
      first++
      if (active[first] !== active[first - 1]) changed--
    }
    if (changed <= until) {
      if (i - first === of - 1) certainFromMs = Math.min(certainFromMs, at)
      log.close(at, 'recovered')
    } else if (changed >= changes && !log.isOpen) {
      const startMs = atMs[firstChange(active, first)]!
      log.open({ condition: 'unstable', startMs, openedMs: at, value: changed })
    }
  }
  if (dataTimeMs - lastMs > expireMs) {
    certainFromMs = Math.min(certainFromMs, lastMs + expireMs)
    log.close(lastMs + expireMs, 'expired')
  }
  return { incidents: log.all(), certainFromMs }
}

function firstChange(active: Uint8Array, first: number): number {
  let i = first + 1
  while (active[i] === active[i - 1]) i++
  return i
}
