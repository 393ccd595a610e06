import type { Context } from 'hono'
import * as z from 'zod'
import { reportId, type ReportId } from '../../../shared/ids.ts'
import type { FileFormat } from '../../../shared/report-file.ts'
import { isFinished } from '../../../shared/report-state.ts'
import { getReport, listReports, noSuchReport, reportNotFound, reportOf } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { baseUrl } from './base-url.ts'
import { malformedPage, malformedReportId, tooLarge, unknownReport } from './error-responses.ts'
import { answerFile, partResponses } from './report-file-answer.ts'
import { reportWithTextJson } from './report-file.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import {
  anyIdPath,
  fileHeaders,
  fileQuery,
  pageQuery,
  reportIdBody,
  reportIdPath,
  reportIdQuery,
  reportList,
  reportRows,
  reportStatus,
  reportStatusOf,
  reportWithText,
} from './schemas.ts'
import { sendText } from './send-file.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })
const stateOrFileResponses: Record<number, RestResponse> = {
  200: {
    description: 'The state of the report; the report itself where a file is asked for and it is complete',
    content: { ...json(z.union([reportStatus, reportRows])), 'text/csv': null, 'application/x-ndjson': null },
  },
  ...partResponses('text/csv'),
  400: malformedReportId,
  404: unknownReport,
}

/** The operations on the state of reports, which answer with the report itself where that is asked for. */
export function reportStateRoutes(parts: ApiParts): RestRoute[] {
  const { db, reports } = parts
  return [
    defineRoute({
      id: 'getReport',
      method: 'get',
      paths: [
        '/get_report/{report_id}',
        '/reports/{report_id}',
        '/api/get_report/{report_id}',
        '/api/v1/get_report/{report_id}',
      ],
      tag: 'Reports',
      summary: 'The state of a report, and the report itself where a file is asked for',
      path: reportIdPath,
      query: fileQuery,
      headers: fileHeaders,
      responses: stateOrFileResponses,
      handle: ({ path, query }, context) => answerReport(path.report_id, query, context),
    }),
    defineRoute({
      id: 'getReportByQuery',
      method: 'get',
      paths: ['/get_report', '/api/get_report', '/api/v1/get_report'],
      tag: 'Reports',
      summary: 'The state of a report, with its id in the query',
      query: reportIdQuery.extend(fileQuery.shape),
      headers: fileHeaders,
      responses: stateOrFileResponses,
      handle: ({ query }, context) => answerReport(query.report_id, query, context),
    }),
    defineRoute({
      id: 'getReportByBody',
      method: 'post',
      paths: ['/get_report', '/api/get_report', '/api/v1/get_report'],
      tag: 'Reports',
      summary: 'The state of a report and its CSV as text, with its id in the body',
      body: reportIdBody,
      responses: {
        200: { description: 'The state and, once it is complete, the CSV', content: json(reportWithText) },
        400: malformedReportId,
        404: unknownReport,
        413: tooLarge,
      },
      async handle({ body }, context) {
        const report = await getReport(db, body.report_id)
        const { status } = reportStatusOf(reportOf(report), baseUrl(parts, context))
        if (status !== 'Complete') return context.json({ message: status, report: null })
        return sendText('application/json', reportWithTextJson(db, report.report_key, status))
      },
    }),
    defineRoute({
      id: 'getReportOrFile',
      method: 'get',
      paths: ['/api/get_report/{report_id}/', '/get_report/{report_id}/'],
      tag: 'Reports',
      summary: 'The CSV of a report once it is complete, and its state before',
      path: anyIdPath,
      headers: fileHeaders,
      responses: {
        200: {
          description: 'The CSV, or that the report is running',
          content: { 'text/csv': null, ...json(reportStatus) },
        },
        ...partResponses('text/csv'),
        404: { ...unknownReport, description: 'There is no such report, or it has failed' },
      },
      async handle({ path }, context) {
        const id = reportId.safeParse(path.report_id).data
        if (id === undefined) throw noSuchReport(path.report_id)
        const report = await getReport(db, id)
        if (!isFinished(report.state))
          return context.json(reportStatusOf(reportOf(report), baseUrl(parts, context)))
        if (report.state === 'complete')
          return answerFile(db, report, { format: 'csv', columns: 'default' }, context)
        throw reportNotFound(`report ${id} has no result: ${report.failure ?? 'it was cancelled'}`)
      },
    }),
    defineRoute({
      id: 'listReports',
      method: 'get',
      paths: ['/reports'],
      tag: 'Reports',
      summary: 'Reports, newest first, a page at a time',
      query: pageQuery,
      responses: {
        200: { description: 'A page of reports', content: json(reportList) },
        400: malformedPage,
      },
      async handle({ query }, context) {
        const page = await listReports(db, query)
        const items = page.items.map((report) => reportStatusOf(report, baseUrl(parts, context)))
        return context.json({ items, nextCursor: page.nextCursor })
      },
    }),
    defineRoute({
      id: 'deleteReport',
      method: 'delete',
      paths: ['/reports/{report_id}'],
      tag: 'Reports',
      summary: 'Cancel a report that is running, or remove one that has ended',
      path: reportIdPath,
      responses: {
        200: { description: 'The report was running and has been cancelled', content: json(reportStatus) },
        204: { description: 'The report had ended and has been removed' },
        400: malformedReportId,
        404: unknownReport,
      },
      async handle({ path }, context) {
        const cancelled = await reports.cancelOrRemove(path.report_id)
        if (cancelled === undefined) return context.body(null, 204)
        return context.json(reportStatusOf(cancelled, baseUrl(parts, context)))
      },
    }),
  ]

  async function answerReport(
    id: ReportId,
    query: z.output<typeof fileQuery>,
    context: Context,
  ): Promise<Response> {
    const report = await getReport(db, id)
    const format = query.format ?? acceptedFormat(context)
    if (format !== undefined && report.state === 'complete') {
      return answerFile(db, report, { format, columns: query.columns }, context, 'accept')
    }
    context.header('vary', 'accept')
    return context.json(reportStatusOf(reportOf(report), baseUrl(parts, context)))
  }
}

/** The file format that the Accept header names, if any: a browser's or curl's wildcard means the state. */
function acceptedFormat(context: Context): FileFormat | undefined {
  const types = (context.req.header('accept') ?? '')
    .toLowerCase()
    .split(',')
    .filter((type) => !/;\s*q=0(?:\.0*)?\s*$/.test(type))
    .map((type) => type.split(';')[0]!.trim())
  if (types.includes('text/csv')) return 'csv'
  return types.includes('application/x-ndjson') ? 'ndjson' : undefined
}
