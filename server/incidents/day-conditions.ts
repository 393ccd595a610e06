import { IncidentLog, type FoundIncidents } from './incident.ts'
import { observedPercent, tallyAsOf, upPercent, type LocalDay } from './judged-days.ts'
import type { StoreHistory } from './store-history.ts'

export interface JudgedDays {
  readonly days: number
  /** In percent. */
  readonly observed: number
  readonly expireMs: number
}

export interface UptimeThresholds extends JudgedDays {
  readonly below: number
}

export interface DropThresholds extends JudgedDays {
  readonly points: number
}

/** Rule 37 of docs/uptime.md. `days` follow each other. */
export function uptimeIncidents(
  history: StoreHistory,
  days: readonly LocalDay[],
  thresholds: UptimeThresholds,
): FoundIncidents {
  const { below } = thresholds
  return dayIncidents(history, days, thresholds, 1, ([percent]) => ({
    condition: 'uptime',
    value: percent!,
    isSo: percent! < below,
  }))
}

/** Rule 38 of docs/uptime.md. */
export function dropIncidents(
  history: StoreHistory,
  days: readonly LocalDay[],
  thresholds: DropThresholds,
): FoundIncidents {
  const { points } = thresholds
  return dayIncidents(history, days, thresholds, 2, ([percent, before]) => ({
    condition: 'drop',
    value: before! - percent!,
    isSo: before! - percent! >= points,
  }))
}

interface Judged {
  readonly condition: 'uptime' | 'drop'
  readonly value: number
  readonly isSo: boolean
}

/** Judges each day by the uptime of so many periods that end with it, the last one first. */
function dayIncidents(
  history: StoreHistory,
  days: readonly LocalDay[],
  { days: length, observed, expireMs }: JudgedDays,
  periods: number,
  judge: (percents: readonly number[]) => Judged,
): FoundIncidents {
  const { fromMs, dataTimeMs, reachMs } = history
  const log = new IncidentLog()
  let certainFromMs = fromMs === -Infinity ? -Infinity : Infinity
  let judgedMs = -Infinity
  let firstKnown = -1
  for (let last = length * periods - 1; last < days.length && days[last]!.endMs < dataTimeMs; last++) {
    const { endMs } = days[last]!
    if (days[last + 1 - length * periods]!.startMs - reachMs < fromMs) continue
    if (firstKnown < 0) firstKnown = endMs
    const percents = Array.from({ length: periods }, (_, i) => percentOf(last - i * length))
    if (percents.some((percent) => percent === undefined)) continue
    if (endMs - judgedMs > expireMs) log.close(judgedMs + expireMs, 'expired')
    judgedMs = endMs
    const { condition, value, isSo } = judge(percents as number[])
    if (!isSo) {
      certainFromMs = Math.min(certainFromMs, endMs)
      log.close(endMs, 'recovered')
    } else if (!log.isOpen) {
      log.open({ condition, startMs: days[last + 1 - length]!.startMs, openedMs: endMs, value })
    }
  }
  if (dataTimeMs - judgedMs > expireMs) log.close(judgedMs + expireMs, 'expired')
  if (firstKnown >= 0) certainFromMs = Math.min(certainFromMs, silentUntil())
  return { incidents: log.all(), certainFromMs }

  /** The uptime of the days that end with one; undefined where too little was observed. */
  function percentOf(last: number): number | undefined {
    const tally = tallyAsOf(history, days[last + 1 - length]!.startMs, days[last]!.endMs)
    const isObserved = tally.uptimeMs + tally.downtimeMs > 0 && observedPercent(tally) >= observed
    return isObserved ? upPercent(tally) : undefined
  }

  /** When one that was open before would be over, where no day has been judged since. */
  function silentUntil(): number {
    return judgedMs === -Infinity && dataTimeMs - firstKnown > expireMs ? firstKnown + expireMs : Infinity
  }
}
