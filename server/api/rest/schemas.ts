/** The bodies of the REST API: the shared schemas under the names that this API has always had. */
import * as z from 'zod'
import { isNo } from '../../../shared/fields.ts'
import { givenReportId, reportId, storeId } from '../../../shared/ids.ts'
import { givenLabels, groupsInput, reportGroups } from '../../../shared/group.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import { pageInput, pageOf } from '../../../shared/page.ts'
import {
  periodGroupPage,
  periodGroupRow,
  periodGroupsInput,
  periodStores,
  periodStoresInput,
} from '../../../shared/period-group.ts'
import { columnChoices, fileFormats } from '../../../shared/report-file.ts'
import type { ReportState } from '../../../shared/report-state.ts'
import {
  checkPeriods,
  judgingOptions,
  periodOptions,
  periodRow,
  report,
  reportRow,
  reportTotals,
  reportTotalsInput,
  type Report,
} from '../../../shared/report.ts'

const optionFields = {
  as_of: judgingOptions.shape.asOf,
  interpolation: judgingOptions.shape.interpolation,
  reach: judgingOptions.shape.reach,
  corrections: judgingOptions.shape.corrections,
  ...periodOptions.shape,
  labels: givenLabels,
}
const renamed = <Options>({ as_of: asOf, ...options }: Options & { as_of?: number | undefined }) => ({
  ...options,
  asOf,
})

/** The options of a report in a body, which may be empty. */
export const reportBody = z
  .strictObject(optionFields)
  .superRefine(checkPeriods)
  .meta({ id: 'ReportOptions', description: 'What a report is computed with; everything may be left out' })
  .prefault({})
  .transform(renamed)

/** The options of a report in a query, where a browser or a proxy may have added fields of its own. */
const reportQuery = z.object(optionFields)
export const reportQueryOptions = reportQuery.superRefine(checkPeriods).transform(renamed)

export const exampleReportId = '6f1c4d8e-33a0-4f57-a3c5-0d6f2a6f6a11'
const reportIdMeta = {
  description: givenReportId.description,
  format: 'uuid',
  examples: [exampleReportId],
}
const requiredReportId = (missing: string) =>
  z.string(missing).min(1, missing).pipe(givenReportId).meta(reportIdMeta)

export const reportIdPath = z.object({ report_id: givenReportId.meta(reportIdMeta) })
export const reportIdQuery = z.object({
  report_id: requiredReportId('report_id is missing: write ?report_id=…'),
})
export const reportIdBody = z
  .looseObject({ report_id: requiredReportId('the body has no report_id') }, 'the body has no report_id')
  .meta({ id: 'ReportReference', description: 'Which report is meant' })

const keyForm = 'a key has 1 to 255 characters'
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1, keyForm)
    .max(255, keyForm)
    .optional()
    .describe('Any text that the caller chooses for this one request')
    .meta({ examples: ['nightly-2023-01-25'] }),
})

export const fileHeaders = z.object({
  range: z
    .string()
    .optional()
    .describe('The part of a CSV that is wanted')
    .meta({ examples: ['bytes=0-1023'] }),
  'if-none-match': z
    .string()
    .optional()
    .describe('The ETag of the file that the caller has')
    .meta({ examples: [`"${exampleReportId}-csv-default"`] }),
})

export const lastEventHeaders = z.object({
  'last-event-id': z
    .string()
    .optional()
    .describe('The last event that was received, to go on from')
    .meta({ examples: ['running-1024'] }),
})

export const fileQuery = z.object({
  format: z.enum(fileFormats).optional().describe('The report itself, in this form, once it is complete'),
  columns: z
    .enum(columnChoices)
    .default('default')
    .describe('Of a CSV or a workbook: `all` adds the columns of unknown time'),
})

/** A page's query: numbers are text there. */
const pageLimitForm = isNo(`number of items: a page has 1 to ${maxPageSize}`)
export const pageQuery = z.object({
  limit: z.coerce
    .number(pageLimitForm)
    .int(pageLimitForm)
    .min(1, pageLimitForm)
    .max(maxPageSize, pageLimitForm)
    .default(100)
    .describe('Items in a page'),
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

const reportFields = z.object({
  report_id: reportId,
  status: status.describe('How far the report is'),
  as_of: report.shape.asOf,
  interpolation: report.shape.interpolation,
  reach: report.shape.reach,
  corrections: report.shape.corrections,
  by: report.shape.by,
  from: report.shape.from,
  to: report.shape.to,
  labels: report.shape.labels,
  progress: z
    .object({
      stores_done: report.shape.progress.shape.storesDone,
      stores_total: report.shape.progress.shape.storesTotal,
    })
    .describe('How far the report has come'),
  program_version: report.shape.programVersion,
  zone_data_version: report.shape.zoneDataVersion,
  requested_at: report.shape.requestedAt,
  finished_at: report.shape.finishedAt,
  report_url: z.url().optional().describe('Where the CSV is, once the report is complete'),
  failure: z.string().optional().describe('Why the report failed'),
})
export type ReportStatus = z.input<typeof reportFields>

const runningExample: ReportStatus = {
  report_id: exampleReportId,
  status: 'Running',
  as_of: '2023-01-25T18:13:22.479Z',
  interpolation: 'nearest',
  reach: '24h',
  corrections: 'applied',
  by: null,
  from: null,
  to: null,
  labels: [],
  progress: { stores_done: 0, stores_total: 0 },
  program_version: null,
  zone_data_version: null,
  requested_at: '2023-01-25T18:30:00Z',
  finished_at: null,
}
const completeExample: ReportStatus = {
  ...runningExample,
  status: 'Complete',
  progress: { stores_done: 14_092, stores_total: 14_092 },
  program_version: '0.1.0',
  zone_data_version: '2026b',
  finished_at: '2023-01-25T18:30:02.250Z',
  report_url: `http://127.0.0.1:8000/reports/${exampleReportId}.csv`,
}

export const reportStatus = reportFields.meta({
  id: 'Report',
  description: 'A report and its state',
  examples: [completeExample, runningExample],
})

export const requestedReport = reportFields.extend({ message: z.string().describe('For people') }).meta({
  id: 'RequestedReport',
  description: 'A report that has been requested',
  examples: [{ message: 'Report requested', ...runningExample }],
})

export const reportList = pageOf(reportStatus).meta({
  id: 'ReportList',
  description: 'Reports, newest first',
  examples: [{ items: [completeExample], nextCursor: null }],
})
export const reportRowBody = reportRow.meta({ id: 'ReportRow' })
export const reportRows = z
  .union([z.array(reportRowBody), z.array(periodRow.meta({ id: 'PeriodRow' }))])
  .meta({ id: 'ReportRows', description: 'The rows of a report, by store, and those of one by period' })
export const groups = reportGroups.meta({ id: 'ReportGroups' })
/** Which label rolls a report up. */
export const groupsQuery = groupsInput.pick({ by: true })
export const totalsQuery = z.object({ store_id: reportTotalsInput.shape.storeId })
export const totalsBody = reportTotals.meta({ id: 'ReportTotals' })
export const periodGroupsQuery = pageQuery.extend({ by: periodGroupsInput.shape.by })
export const periodGroupList = periodGroupPage
  .extend(pageOf(periodGroupRow.meta({ id: 'PeriodGroup' })).shape)
  .meta({
    id: 'PeriodGroupList',
    description: 'A report by period rolled up: a row for each group and period',
  })
const { sortBy: periodStoreSort, limit: mostPeriodStores } = periodStoresInput.shape
export const periodStoresQuery = z.object({
  store_id: periodStoresInput.shape.storeId,
  sort_by: periodStoreSort,
  limit: pageQuery.shape.limit.unwrap().default(20).describe(mostPeriodStores.description!),
})
export const periodStoresBody = periodStores.meta({ id: 'PeriodStores' })
/** Groups as they are written. */
export const labelsQuery = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .meta({ description: givenLabels.description!, examples: ['city=Bonn'] })
/** A flag as a query has it. */
export function trueOrFalse({ description }: z.ZodType): z.ZodType<boolean, 'true' | 'false' | undefined> {
  return z
    .enum(['true', 'false'], 'write true or false')
    .default('false')
    .transform((text) => text === 'true')
    .describe(description!)
}

export const answerFormat = z.enum(['json', 'csv']).default('json').describe('The form of the answer')

export const storePath = z.object({
  store_id: storeId.meta({ description: storeId.description, examples: ['chicago-loop-01'] }),
})
export const reportWithText = z
  .object({
    message: status.describe('The state of the report'),
    report: z.string().nullable().describe('The CSV, once the report is complete'),
  })
  .meta({
    id: 'ReportWithText',
    description: 'The state of a report and its CSV',
    examples: [{ message: 'Running', report: null }],
  })

export const problem = z
  .object({
    type: z.literal('about:blank').describe('That the status says what kind of problem it is'),
    title: z.string().describe('The meaning of the status'),
    status: z.int().min(400).max(599).describe('The HTTP status'),
    detail: z.string().describe('What was wrong, where, and what to do'),
    error: z.string().describe('What was wrong, in a few words that never change'),
    limit: z.string().optional().describe('The limit that was met, as the settings of the server call it'),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 has it' })

export const service = z
  .object({
    name: z.literal('store-monitor').describe('The name of the service'),
    version: z.string().describe('Its version'),
    description: z.string().describe('What it does'),
    links: z.record(z.string(), z.string()).describe('Where to go on'),
  })
  .meta({ id: 'Service', description: 'What this is, and where to go on' })

/** A report as this API writes it; `baseUrl` is where the API is. */
export function reportStatusOf(report: Report, baseUrl: string): ReportStatus {
  return {
    report_id: report.reportId,
    status: statusOfState[report.state],
    as_of: report.asOf,
    interpolation: report.interpolation,
    reach: report.reach,
    corrections: report.corrections,
    by: report.by,
    from: report.from,
    to: report.to,
    labels: report.labels,
    progress: { stores_done: report.progress.storesDone, stores_total: report.progress.storesTotal },
    program_version: report.programVersion,
    zone_data_version: report.zoneDataVersion,
    requested_at: report.requestedAt,
    finished_at: report.finishedAt,
    ...(report.state === 'complete' ? { report_url: reportUrl(report.reportId, baseUrl) } : {}),
    ...(report.failure === null ? {} : { failure: report.failure }),
  }
}

function reportUrl(id: string, baseUrl: string): string {
  return new URL(`/reports/${id}.csv`, baseUrl).href
}
