import { AppError } from '../../shared/app-error.ts'
import type { ReportOptions } from '../../shared/report.ts'
import { textOfLabels } from '../database/labels-text.ts'
import type { StoredReport } from '../database/reports.ts'

/** Throws a `conflict` AppError where the report of a key was requested with other options. */
export function requireSameOptions(report: StoredReport, options: ReportOptions): void {
  const { asOf, interpolation, reach, corrections, by, from, to, labels } = options
  const isSame =
    (asOf ?? null) === report.requested_as_of &&
    interpolation === report.interpolation &&
    reach === report.reach_ms &&
    corrections === report.corrections &&
    (by ?? null) === report.period &&
    (from ?? null) === report.since &&
    (to ?? null) === report.until &&
    textOfLabels(labels) === report.labels
  if (isSame) return
  throw new AppError(
    'conflict',
    `this key belongs to report ${report.report_id}, which was requested with other options: use another key`,
  )
}
