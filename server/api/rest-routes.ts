import type { Context } from 'hono'
import * as z from 'zod'
import { reportId } from '../../shared/ids.ts'
import { reportOptions, type Report, type ReportState } from '../../shared/report.ts'
import { getReport, reportOf } from '../database/reports.ts'
import type { ApiParts } from './api-parts.ts'
import { readHealth } from './health.ts'
import { fileFormats, fileOptions, reportFile } from './report-file.ts'
import { defineRoute, type RestRoute } from './rest-route.ts'
import { sendFile } from './send-file.ts'
import { receiveImport } from './upload.ts'

const reportBody = z
  .strictObject({
    as_of: reportOptions.shape.asOf,
    interpolation: reportOptions.shape.interpolation,
    reach: reportOptions.shape.reach,
  })
  .transform(({ as_of, ...options }) => ({ ...options, asOf: as_of }))
  .prefault({})

const statusNames = {
  queued: 'Running',
  running: 'Running',
  complete: 'Complete',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const satisfies Record<ReportState, string>

const wantedFile = z.object({
  format: z.enum(fileFormats).optional(),
  columns: fileOptions.shape.columns,
})

/** The REST operations. They translate names, and nothing else. */
export function restRoutes(parts: ApiParts): RestRoute[] {
  const { db, reports } = parts

  const triggerReport = defineRoute({
    method: 'post',
    paths: ['/trigger_report'],
    summary: 'Request a report',
    body: reportBody,
    async handle({ body }, context) {
      const report = await reports.trigger(body)
      context.header('location', new URL(`/get_report/${report.reportId}`, context.req.url).href)
      return context.json({ report_id: report.reportId, ...statusOf(report, context) })
    },
  })

  async function answerReport(
    id: string,
    query: z.output<typeof wantedFile>,
    context: Context,
  ): Promise<Response> {
    const report = await getReport(db, reportId.parse(id))
    const format = query.format ?? acceptedFormat(context)
    if (format !== undefined && report.state === 'complete') {
      return sendFile(context.req.raw, await reportFile(db, report, { format, columns: query.columns }))
    }
    context.header('vary', 'accept')
    return context.json({ report_id: report.report_id, ...statusOf(reportOf(report), context) })
  }

  const getReportByQuery = defineRoute({
    method: 'get',
    paths: ['/get_report'],
    summary: 'The state of a report, and the report itself where a file is asked for',
    query: wantedFile.extend({ report_id: z.string('report_id is missing: /get_report?report_id=…') }),
    handle: ({ query }, context) => answerReport(query.report_id, query, context),
  })

  const getReportByPath = defineRoute({
    method: 'get',
    paths: ['/get_report/:report_id'],
    summary: 'The state of a report, and the report itself where a file is asked for',
    path: z.object({ report_id: z.string() }),
    query: wantedFile,
    handle: ({ path, query }, context) => answerReport(path.report_id, query, context),
  })

  const downloadReport = defineRoute({
    method: 'get',
    paths: ['/reports/:file{[^/]+\\.(?:csv|json|ndjson)}'],
    summary: 'A complete report as a file',
    path: z.object({ file: z.string() }),
    query: fileOptions.pick({ columns: true }),
    async handle({ path, query }, context) {
      const dot = path.file.lastIndexOf('.')
      const report = await getReport(db, reportId.parse(path.file.slice(0, dot)))
      const format = fileOptions.shape.format.parse(path.file.slice(dot + 1))
      return sendFile(context.req.raw, await reportFile(db, report, { format, columns: query.columns }))
    },
  })

  const uploadFile = defineRoute({
    method: 'post',
    paths: ['/imports'],
    summary: 'Import a CSV file: polls, business hours or timezones, told apart by its header',
    query: z.object({ source: z.string().min(1).max(255).default('upload.csv') }),
    handle: ({ query }, context) => receiveImport(parts, context.req.raw, query.source),
  })

  const health = defineRoute({
    method: 'get',
    paths: ['/health'],
    summary: 'That the service answers, and what it has',
    handle: async (_, context) => context.json(await readHealth(parts)),
  })

  return [triggerReport, getReportByQuery, getReportByPath, downloadReport, uploadFile, health]
}

function statusOf(report: Report, context: Context) {
  return {
    status: statusNames[report.state],
    as_of: report.asOf,
    interpolation: report.interpolation,
    reach: report.reach,
    progress: { stores_done: report.progress.storesDone, stores_total: report.progress.storesTotal },
    requested_at: report.requestedAt,
    finished_at: report.finishedAt,
    ...(report.failure === null ? {} : { failure: report.failure }),
    ...(report.state === 'complete'
      ? { report_url: new URL(`/reports/${report.reportId}.csv`, context.req.url).href }
      : {}),
  }
}

/** The file format that the Accept header names, if any: a browser's or curl's wildcard means the state. */
function acceptedFormat(context: Context): 'csv' | 'ndjson' | undefined {
  const types = (context.req.header('accept') ?? '')
    .split(',')
    .map((type) => type.split(';')[0]!.trim().toLowerCase())
  if (types.includes('text/csv')) return 'csv'
  return types.includes('application/x-ndjson') ? 'ndjson' : undefined
}
