import { businessClock } from './business-clock.ts'
import { IncidentLog, type FoundIncidents } from './incident.ts'
import type { StoreHistory } from './store-history.ts'

export interface NoDataThresholds {
  readonly forMs: number
  readonly forgetMs: number
}

/** Rule 35 of docs/uptime.md. */
export function noDataIncidents(
  { atMs, count, judged, fromMs, dataTimeMs }: StoreHistory,
  { forMs, forgetMs }: NoDataThresholds,
): FoundIncidents {
  const log = new IncidentLog()
  const clock = businessClock(judged)
  for (let i = 0; i < count; i++) {
    const last = atMs[i]!
    const isLast = i + 1 === count
    const next = isLast ? dataTimeMs : atMs[i + 1]!
    if (next - last <= forMs) continue
    const openedMs = clock.instantOf(clock.at(last) + forMs)
    const forgottenMs = last + forgetMs
    if (openedMs >= next || openedMs >= forgottenMs) continue
    log.open({ condition: 'no-data', startMs: last, openedMs, value: forMs })
    if (next > forgottenMs) log.close(forgottenMs, 'expired')
    else if (!isLast) log.close(next, 'recovered')
  }
  const first = count === 0 ? Infinity : atMs[0]!
  return { incidents: log.all(), certainFromMs: Math.min(first, fromMs + forgetMs) }
}
