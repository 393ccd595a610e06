import { randomUUID } from 'node:crypto'
import { connect } from '../../server/database/connect.ts'
import { finishReport, insertReport } from '../../server/database/reports.ts'
import { reportId, type ReportId } from '../../shared/ids.ts'
import { reportOptions } from '../../shared/report.ts'

/** A report that another version is at, so that a running server leaves it as it is for a while: running, unless it has ended. */
export async function storedReport(
  databaseUrl: string,
  end?: { state: 'complete' | 'failed' | 'cancelled'; failure?: string },
): Promise<ReportId> {
  await using db = await connect(databaseUrl)
  const { report } = await insertReport(db, {
    reportId: reportId.parse(randomUUID()),
    options: reportOptions.parse({}),
    asOf: Date.UTC(2023, 0, 24, 11),
    requestedAtMs: Date.UTC(2023, 0, 24, 12),
  })
  await db
    .updateTable('report')
    .set({ state: 'running', program_version: 'another' })
    .where('report_key', '=', report.report_key)
    .execute()
  const finishedAtMs = Date.UTC(2023, 0, 24, 13)
  if (end) await finishReport(db, report.report_key, { ...end, finishedAtMs })
  return report.report_id
}
