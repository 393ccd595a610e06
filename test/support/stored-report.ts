import { randomUUID } from 'node:crypto'
import { connect } from '../../server/database/connect.ts'
import { finishReport, insertReport } from '../../server/database/reports.ts'
import { reportId, type ReportId } from '../../shared/ids.ts'
import { reportOptions } from '../../shared/report.ts'

/** A report that a running server was not asked for, so that it stays as it is: running, unless it has ended. */
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
  const finishedAtMs = Date.UTC(2023, 0, 24, 13)
  if (end) await finishReport(db, report.report_key, { ...end, finishedAtMs })
  return report.report_id
}
