import type { Tally } from '../uptime/tally.ts'
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

/** How much of a month's budget is spent. */
export interface BudgetSpent {
  readonly businessMs: number
  readonly budgetMs: number
  /** Of the month so far. */
  readonly tally: Tally
  /** Of the budget; 0 where nothing was down. */
  readonly percent: number
}

/** As of an instant in the month that `days` are. */
export function budgetSpent(
  history: StoreHistory,
  days: readonly LocalDay[],
  target: number,
  asOfMs: number,
): BudgetSpent {
  const { startMs } = days[0]!
  const businessMs = history.clock.at(days.at(-1)!.endMs) - history.clock.at(startMs)
  const budgetMs = ((100 - target) / 100) * businessMs
  const tally = tallyAsOf(history, startMs, asOfMs)
  return { businessMs, budgetMs, tally, percent: percentSpent(tally.downtimeMs, budgetMs) }
}

export function percentSpent(downtimeMs: number, budgetMs: number): number {
  return downtimeMs === 0 ? 0 : (100 * downtimeMs) / budgetMs
}

function incidentsOfMonth(
  history: StoreHistory,
  month: readonly LocalDay[],
  { target, spent }: BudgetThresholds,
): Incident[] {
  const { dataTimeMs } = history
  const { startMs } = month[0]!
  const { endMs } = month.at(-1)!
  const isOver = endMs < dataTimeMs
  const incidents: Incident[] = []
  const inOrder = spent.toSorted((a, b) => a - b)
  for (const day of month) {
    if (day.endMs >= dataTimeMs || incidents.length === spent.length) break
    const { tally, percent: value } = budgetSpent(history, month, target, day.endMs)
    if (tally.downtimeMs === 0) continue
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
