import type { FoundIncidents, Incident } from './incident.ts'
import { tallyAsOf, type LocalDay } from './judged-days.ts'
import type { StoreHistory } from './store-history.ts'

export interface BudgetThresholds {
  /** In percent. */
  readonly target: number
  readonly spent: readonly number[]
}

/** Rule 39 of docs/uptime.md. `days` are those of whole months. */
export function budgetIncidents(
  history: StoreHistory,
  days: readonly LocalDay[],
  thresholds: BudgetThresholds,
): FoundIncidents {
  const { fromMs, reachMs } = history
  const months = monthsOf(days).filter(([first]) => first!.startMs - reachMs >= fromMs)
  return {
    incidents: months.flatMap((month) => incidentsOfMonth(history, month, thresholds)),
    // Those of the month before are over then.
    certainFromMs: fromMs === -Infinity ? -Infinity : (months[0]?.[0]?.startMs ?? Infinity) + 1,
  }
}

function monthsOf(days: readonly LocalDay[]): LocalDay[][] {
  const months: LocalDay[][] = []
  for (const day of days) {
    if (day.isFirst) months.push([day])
    else months.at(-1)?.push(day)
  }
  return months
}

function incidentsOfMonth(
  history: StoreHistory,
  month: readonly LocalDay[],
  { target, spent }: BudgetThresholds,
): Incident[] {
  const { clock, dataTimeMs } = history
  const { startMs } = month[0]!
  const { endMs } = month.at(-1)!
  const budgetMs = ((100 - target) / 100) * (clock.at(endMs) - clock.at(startMs))
  const isOver = endMs < dataTimeMs
  const incidents: Incident[] = []
  const inOrder = spent.toSorted((a, b) => a - b)
  for (const day of month) {
    if (day.endMs >= dataTimeMs || incidents.length === spent.length) break
    const { downtimeMs } = tallyAsOf(history, startMs, day.endMs)
    if (downtimeMs === 0) continue
    const value = (100 * downtimeMs) / budgetMs
    for (const percent of inOrder.slice(incidents.length).filter((one) => one <= value)) {
      incidents.push({
        condition: 'budget',
        startMs,
        openedMs: day.endMs,
        closedMs: isOver ? endMs : null,
        ending: isOver ? 'over' : null,
        value: percent,
      })
    }
  }
  return incidents
}
