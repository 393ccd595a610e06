import { isWithin } from '../uptime/interval.ts'
import { IncidentLog, type FoundIncidents } from './incident.ts'
import { lastExcusedEnd, type StoreHistory } from './store-history.ts'

export interface DownThresholds {
  readonly forMs: number
  readonly polls: number
  readonly closingGuardMs: number
  readonly recover: number
  readonly expireMs: number
}

/** The outage that a store is in, at an inactive poll of it. */
interface OutageSoFar {
  startMs: number
  /** Business time since then. */
  downMs: number
  polls: number
}

/** Rule 34 of docs/uptime.md. */
export function downIncidents(history: StoreHistory, thresholds: DownThresholds): FoundIncidents {
  const { atMs, active, count, clock, excused, fromMs, dataTimeMs, reachMs } = history
  const { forMs, polls, closingGuardMs, recover, expireMs } = thresholds
  // As most are.
  if (history.inactive === 0 && count >= recover) {
    return { incidents: [], certainFromMs: fromMs === -Infinity ? -Infinity : atMs[recover - 1]! }
  }
  const log = new IncidentLog()
  const silenceMs = Math.max(expireMs, 2 * reachMs)
  let certainFromMs = fromMs === -Infinity ? -Infinity : Infinity
  let outage: OutageSoFar | undefined
  let activeInARow = 0
  let lastMs = fromMs
  for (let i = 0; i < count; i++) {
    const at = atMs[i]!
    if (log.isOpen && at - lastMs > expireMs) log.close(lastMs + expireMs, 'expired')
    if (at - lastMs > silenceMs && isUnknownBetween(history, lastMs, at))
      certainFromMs = Math.min(certainFromMs, lastMs + silenceMs)
    lastMs = at
    if (active[i] === 1) {
      outage = undefined
      activeInARow++
      if (activeInARow < recover) continue
      certainFromMs = Math.min(certainFromMs, at)
      log.close(at, 'recovered')
      // Nothing is found in those that follow and are active, too.
      while (i + 1 < count && active[i + 1] === 1) i++
      lastMs = atMs[i]!
      continue
    }
    activeInARow = 0
    outage = outageAt(history, i, outage)
    if (log.isOpen || outage.downMs < forMs || outage.polls < polls) continue
    if (clock.closesAt(at) - at < closingGuardMs || isWithin(excused, at)) continue
    log.open({ condition: 'down', startMs: outage.startMs, openedMs: at, value: outage.downMs })
  }
  if (log.isOpen && dataTimeMs - lastMs > expireMs) log.close(lastMs + expireMs, 'expired')
  if (dataTimeMs - lastMs > silenceMs) certainFromMs = Math.min(certainFromMs, lastMs + silenceMs)
  return { incidents: log.all(), certainFromMs }
}

/** Goes on with the outage at the inactive poll before, or begins one. */
function outageAt(history: StoreHistory, i: number, before: OutageSoFar | undefined): OutageSoFar {
  const { atMs, clock, excused } = history
  const at = atMs[i]!
  if (isWithin(excused, at)) return { startMs: at, downMs: 0, polls: 0 }
  const { fromMs, isUnbroken } = downBackTo(history, i)
  const excusedEndMs = excused.length === 0 ? undefined : lastExcusedEnd(excused, fromMs, at)
  if (before !== undefined && isUnbroken && excusedEndMs === undefined && before.polls > 0) {
    before.downMs += clock.at(at) - clock.at(fromMs)
    before.polls++
    return before
  }
  const startMs = Math.max(fromMs, excusedEndMs ?? fromMs)
  return { startMs: clock.nextFrom(startMs), downMs: clock.at(at) - clock.at(startMs), polls: 1 }
}

/** How far back from an inactive poll it is down at least as of it, and whether it was down at the poll before and ever since. */
function downBackTo(
  history: StoreHistory,
  i: number,
): { readonly fromMs: number; readonly isUnbroken: boolean } {
  const { atMs, active, interpolation, reachMs } = history
  const at = atMs[i]!
  if (i === 0) return { fromMs: at - reachMs, isUnbroken: false }
  const last = atMs[i - 1]!
  if (active[i - 1] === 0 && !isUnknownBetween(history, last, at)) return { fromMs: last, isUnbroken: true }
  if (at - last > 2 * reachMs) return { fromMs: at - reachMs, isUnbroken: false }
  const change =
    interpolation === 'nearest' ? last + Math.floor((at - last) / 2) : Math.min(at, last + reachMs)
  return { fromMs: change, isUnbroken: false }
}

/** Whether there is business time between two polls for which none of them speaks. */
function isUnknownBetween({ clock, reachMs }: StoreHistory, beforeMs: number, atMs: number): boolean {
  return atMs - beforeMs > 2 * reachMs && clock.at(atMs - reachMs) > clock.at(beforeMs + reachMs)
}
