import type { CorrectionUse } from '../../shared/correction-kind.ts'
import type { StoreLabel } from '../../shared/group.ts'
import { parseLocalDate } from '../../shared/local-date.ts'
import { labelsOf } from '../database/labels-text.ts'
import type { StoredReport } from '../database/reports.ts'
import type { Periods } from '../uptime/periods.ts'
import type { Viewpoint } from '../uptime/store-uptime.ts'

/** What a report is asked for. */
export interface Asked extends Viewpoint {
  readonly corrections: CorrectionUse
  /** The groups that its stores are in; of all stores where there are none. */
  readonly labels: readonly StoreLabel[]
  /** Of a report by period; undefined of one by window. */
  readonly periods?: Periods
}

export function askedOf(report: StoredReport): Asked {
  const { as_of: asOfMs, reach_ms: reachMs, interpolation, corrections } = report
  const periods = periodsOf(report)
  return {
    asOfMs,
    reachMs,
    interpolation,
    corrections,
    labels: labelsOf(report),
    ...(periods && { periods }),
  }
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
