import type { CorrectionUse } from '../../shared/correction-kind.ts'
import { parseLocalDate } from '../../shared/local-date.ts'
import { longestWindowMs } from '../../shared/report-columns.ts'
import type { StoredReport } from '../database/reports.ts'
import type { Interval } from '../uptime/interval.ts'
import { periodNames, timeOfDates, type PeriodUnit } from '../uptime/periods.ts'
import { POLL_WEEK_MS } from '../uptime/poll-week.ts'
import { relevantTime, type Viewpoint } from '../uptime/store-uptime.ts'
import { wordsPerStore } from './period-totals.ts'

/** What a report is asked for. */
export interface Asked extends Viewpoint {
  readonly corrections: CorrectionUse
  /** Of a report by period; undefined of one by window. */
  readonly periods?: Periods
}

/** The periods of a report: dates in days since 1970-01-01, both included. */
export interface Periods {
  readonly by: PeriodUnit
  readonly fromDate: number
  readonly toDate: number
}

export function askedOf(report: StoredReport): Asked {
  const { as_of: asOfMs, reach_ms: reachMs, interpolation, corrections } = report
  const periods = periodsOf(report)
  return { asOfMs, reachMs, interpolation, corrections, ...(periods && { periods }) }
}

/** undefined where the report is not by period. */
export function periodsOf({
  period,
  since,
  until,
}: Pick<StoredReport, 'period' | 'since' | 'until'>): Periods | undefined {
  if (period === null || since === null || until === null) return undefined
  return { by: period, fromDate: parseLocalDate(since)!, toDate: parseLocalDate(until)! }
}

export function namesOfPeriods({ by, fromDate, toDate }: Periods): readonly string[] {
  return periodNames(by, fromDate, toDate)
}

/** The instants that matter to a report: rules 9 to 12 and 24 of docs/uptime.md. */
export function timeOf(asked: Asked): Interval {
  if (asked.periods === undefined) return relevantTime(asked, longestWindowMs)
  const { fromDate, toDate } = asked.periods
  const { startMs, endMs } = timeOfDates(fromDate, toDate, asked.reachMs)
  return { startMs, endMs: Math.max(startMs, Math.min(endMs, asked.asOfMs + 1)) }
}

/** Of polls that are read, and of totals that are kept, of a part's stores. */
const MOST_BYTES_OF_PART = 16 * 1024 * 1024
/** Of a store that is polled each quarter of an hour or less often. */
const BYTES_OF_POLL_WEEK = 2700

/** How many stores a part may have at most. */
export function mostStoresOf(asked: Asked): number {
  if (asked.periods === undefined) return Infinity
  const { startMs, endMs } = timeOf(asked)
  const weeks = Math.ceil((endMs - startMs) / POLL_WEEK_MS) + 1
  const bytes = weeks * BYTES_OF_POLL_WEEK + wordsPerStore(namesOfPeriods(asked.periods).length) * 4
  return Math.max(1, Math.floor(MOST_BYTES_OF_PART / bytes))
}
