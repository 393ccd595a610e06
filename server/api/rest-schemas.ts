/** The bodies of the REST API: the shared schemas under the names that this API has always had. */
import * as z from 'zod'
import { count, isoInstant } from '../../shared/fields.ts'
import { reportId } from '../../shared/ids.ts'
import { reportOptions, interpolations, type Report, type ReportState } from '../../shared/report.ts'

export const reportBody = z
  .strictObject({
    as_of: reportOptions.shape.asOf,
    interpolation: reportOptions.shape.interpolation,
    reach: reportOptions.shape.reach,
  })
  .meta({ id: 'ReportOptions', description: reportOptions.description })

/** The options of a report from a REST body. */
export const reportBodyOptions = reportBody
  .prefault({})
  .transform(({ as_of: asOf, ...options }) => ({ ...options, asOf }))

const statusOfState = {
  queued: 'Running',
  running: 'Running',
  complete: 'Complete',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const satisfies Record<ReportState, string>

export const reportStatus = z
  .object({
    report_id: reportId,
    status: z.enum(['Running', 'Complete', 'Failed', 'Cancelled']),
    as_of: isoInstant.describe('The instant that the report looks back from'),
    interpolation: z.enum(interpolations),
    reach: z.string(),
    progress: z.object({ stores_done: count, stores_total: count }),
    requested_at: isoInstant,
    finished_at: isoInstant.nullable(),
    report_url: z.url().optional().describe('Where the CSV is, once the report is complete'),
    failure: z.string().optional().describe('Why the report failed'),
  })
  .meta({ id: 'Report', description: 'A report and its state' })

/** A report as this API writes it; `baseUrl` is where the API is. */
export function reportStatusOf(report: Report, baseUrl: string): z.input<typeof reportStatus> {
  return {
    report_id: report.reportId,
    status: statusOfState[report.state],
    as_of: report.asOf,
    interpolation: report.interpolation,
    reach: report.reach,
    progress: { stores_done: report.progress.storesDone, stores_total: report.progress.storesTotal },
    requested_at: report.requestedAt,
    finished_at: report.finishedAt,
    ...(report.state === 'complete'
      ? { report_url: new URL(`/reports/${report.reportId}.csv`, baseUrl).href }
      : {}),
    ...(report.failure === null ? {} : { failure: report.failure }),
  }
}
