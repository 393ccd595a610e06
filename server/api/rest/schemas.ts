/** The bodies of the REST API: the shared schemas under the names that this API has always had. */
import * as z from 'zod'
import { count, isoInstant } from '../../../shared/fields.ts'
import { reportId } from '../../../shared/ids.ts'
import { importRecord, rejectedRow } from '../../../shared/import.ts'
import { pageInput, pageOf } from '../../../shared/page.ts'
import {
  interpolations,
  reportOptions,
  reportRow,
  type Report,
  type ReportState,
} from '../../../shared/report.ts'
import { columnChoices } from '../../reports/csv.ts'
import { fileFormats } from './report-file.ts'

const optionFields = {
  as_of: reportOptions.shape.asOf,
  interpolation: reportOptions.shape.interpolation,
  reach: reportOptions.shape.reach,
}
const renamed = <Options>({ as_of: asOf, ...options }: Options & { as_of?: number | undefined }) => ({
  ...options,
  asOf,
})

/** The options of a report in a body, which may be empty. */
export const reportBody = z
  .strictObject(optionFields)
  .meta({ id: 'ReportOptions', description: 'What a report is computed with; everything may be left out' })
  .prefault({})
  .transform(renamed)

/** The options of a report in a query, where a browser or a proxy may have added fields of its own. */
export const reportQuery = z.object(optionFields)
export const reportQueryOptions = reportQuery.transform(renamed)

export const reportIdPath = z.object({ report_id: reportId })
export const reportIdQuery = z.object({
  report_id: z.string('report_id is missing: write ?report_id=…').pipe(reportId),
})
export const reportIdBody = z
  .looseObject(
    { report_id: z.string('the body has no report_id').pipe(reportId) },
    'the body has no report_id',
  )
  .meta({ id: 'ReportReference' })

export const fileQuery = z.object({
  format: z.enum(fileFormats).optional().describe('The report itself, in this form, once it is complete'),
  columns: z
    .enum(columnChoices)
    .default('default')
    .describe('Of a CSV: `all` adds the columns of unknown time'),
})

/** A page's query: numbers are text there. */
export const pageQuery = z.object({
  limit: z.coerce
    .number()
    .pipe(pageInput.shape.limit.unwrap())
    .default(100)
    .describe('Items in a page, 1 to 1000'),
  cursor: pageInput.shape.cursor,
})

const statusOfState = {
  queued: 'Running',
  running: 'Running',
  complete: 'Complete',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const satisfies Record<ReportState, string>
const status = z.enum(['Running', 'Complete', 'Failed', 'Cancelled'])

export const reportStatus = z
  .object({
    report_id: reportId,
    status,
    as_of: isoInstant.describe('The instant that the report looks back from'),
    interpolation: z.enum(interpolations),
    reach: z.string().describe('How far a poll speaks'),
    progress: z.object({ stores_done: count, stores_total: count }),
    requested_at: isoInstant,
    finished_at: isoInstant.nullable(),
    report_url: z.url().optional().describe('Where the CSV is, once the report is complete'),
    failure: z.string().optional().describe('Why the report failed'),
  })
  .meta({ id: 'Report', description: 'A report and its state' })
export type ReportStatus = z.input<typeof reportStatus>

export const requestedReport = reportStatus
  .extend({ message: z.string().describe('For people') })
  .meta({ id: 'RequestedReport', description: 'A report that has been requested' })

export const reportList = pageOf(reportStatus).meta({
  id: 'ReportList',
  description: 'Reports, newest first',
})
export const reportRows = z.array(reportRow.meta({ id: 'ReportRow' })).meta({ id: 'ReportRows' })
export const importResult = importRecord.meta({ id: 'Import' })
export const importList = pageOf(importResult).meta({
  id: 'ImportList',
  description: 'Imports, newest first',
})
export const rejectedRowList = pageOf(rejectedRow).meta({ id: 'RejectedRowList' })

export const reportWithText = z
  .object({
    message: status.describe('The state of the report'),
    report: z.string().nullable().describe('The CSV, once the report is complete'),
  })
  .meta({ id: 'ReportWithText' })

export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The meaning of the status'),
    status: z.int(),
    detail: z.string().describe('What was wrong, where, and what to do'),
    error: z.string().describe('What was wrong, in a few words that never change'),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 has it' })

export const service = z
  .object({
    name: z.literal('store-monitor'),
    version: z.string(),
    description: z.string(),
    links: z.record(z.string(), z.string()).describe('Where to go on'),
  })
  .meta({ id: 'Service' })

/** A report as this API writes it; `baseUrl` is where the API is. */
export function reportStatusOf(report: Report, baseUrl: string): ReportStatus {
  return {
    report_id: report.reportId,
    status: statusOfState[report.state],
    as_of: report.asOf,
    interpolation: report.interpolation,
    reach: report.reach,
    progress: { stores_done: report.progress.storesDone, stores_total: report.progress.storesTotal },
    requested_at: report.requestedAt,
    finished_at: report.finishedAt,
    ...(report.state === 'complete' ? { report_url: reportUrl(report.reportId, baseUrl) } : {}),
    ...(report.failure === null ? {} : { failure: report.failure }),
  }
}

export function reportUrl(id: string, baseUrl: string): string {
  return new URL(`/reports/${id}.csv`, baseUrl).href
}
