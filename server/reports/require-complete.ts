import { AppError } from '../../shared/app-error.ts'
import type { StoredReport } from '../database/reports.ts'

/** Throws a `conflict` AppError where a report has no rows. */
export function requireComplete({ report_id, state }: StoredReport): void {
  if (state === 'complete') return
  throw new AppError('conflict', `report ${report_id} has no rows: it is ${state}`)
}
