import { businessClock } from './business-clock.ts'
import { IncidentLog, type FoundIncidents } from './incident.ts'
import type { StoreHistory } from './store-history.ts'

export interface NoDataThresholds {
  readonly forMs: number
  readonly forgetMs: number
}

/** Rule 35 of docs/uptime.md. */
export function noDataIncidents(
  { atMs, count, gaps, gapCount, clock: businessTime, judged, fromMs, dataTimeMs }: StoreHistory,
  { forMs, forgetMs }: NoDataThresholds,
): FoundIncidents {
  const log = new IncidentLog()
  const clock = judged === businessTime.business ? businessTime : businessClock(judged)
  for (let gap = count === 0 ? 1 : 0; gap <= gapCount; gap++) {
    const isLast = gap === gapCount
    const place = isLast ? count - 1 : gaps[gap]!
    const last = atMs[place]!
    const next = isLast ? dataTimeMs : atMs[place + 1]!
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
