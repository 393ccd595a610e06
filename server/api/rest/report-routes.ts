import type { Context } from 'hono'
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { reportId, type ReportId } from '../../../shared/ids.ts'
import { fileFormats, mediaTypes, type FileFormat } from '../../../shared/report-file.ts'
import { isFinished } from '../../../shared/report-state.ts'
import type { Report } from '../../../shared/report.ts'
import { getReport, listReports, reportOf, type StoredReport } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { eventIdOf } from '../router.ts'
import { callerOf } from './caller.ts'
import { reportFile, reportWithTextJson, type FileOptions } from './report-file.ts'
import { reportEventStream } from './report-events.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import {
  malformedOptions,
  malformedPage,
  malformedReportId,
  notComplete,
  nothingToReportOn,
  reportNotFound,
  tooLarge,
  unknownReport,
} from './error-responses.ts'
import {
  anyIdPath,
  fileHeaders,
  fileQuery,
  idempotencyHeaders,
  lastEventHeaders,
  pageQuery,
  reportBody,
  reportIdBody,
  reportIdPath,
  reportIdQuery,
  reportList,
  reportQueryOptions,
  reportRows,
  reportStatus,
  reportStatusOf,
  reportWithText,
  requestedReport,
} from './schemas.ts'
import { sendFile, sendText } from './send-file.ts'

/** How long a repeated GET /trigger_report by the same caller means the report that it has just requested. */
const SAME_REQUEST_MS = 60_000
/** How long a report is known by its Idempotency-Key. */
const KEY_LASTS_MS = 24 * 3_600_000

const json = (schema: z.ZodType) => ({ 'application/json': schema })
const unchanged: RestResponse = { description: 'The caller has these bytes' }
const stateOrFileResponses: Record<number, RestResponse> = {
  200: {
    description: 'The state of the report; the report itself where a file is asked for and it is complete',
    content: { ...json(z.union([reportStatus, reportRows])), 'text/csv': null, 'application/x-ndjson': null },
  },
  ...partResponses('text/csv'),
  400: malformedReportId,
  404: unknownReport,
}

const triggerPaths = [
  '/trigger_report',
  '/api/trigger_report',
  '/api/v1/trigger_report',
  '/trigger_report/',
  '/api/trigger_report/',
] as const

/**
 * The operations on reports and every path that they are served at. Five published systems speak dialects of this API;
 * the paths of theirs that are not ours stand behind the one to use. Handlers translate names, and nothing else.
 */
export function reportRoutes(parts: ApiParts): RestRoute[] {
  const { db, reports } = parts

  const triggerReport = defineRoute({
    id: 'triggerReport',
    method: 'post',
    paths: triggerPaths,
    tag: 'Reports',
    summary: 'Request a report',
    description:
      'With the same Idempotency-Key, a repeated request is answered with the same report for 24 hours.',
    body: reportBody,
    headers: idempotencyHeaders,
    responses: {
      200: {
        description: 'The report was requested; it is computed in the background',
        content: json(requestedReport),
        headers: { Location: 'Where the state of the report is' },
      },
      400: malformedOptions,
      409: {
        ...nothingToReportOn,
        description: 'There are no polls to report on, or the key belongs to a request with other options',
      },
      413: tooLarge,
    },
    async handle({ body, headers }, context) {
      const key = headers['idempotency-key']
      const once =
        key === undefined ? undefined : { key: `key ${digest(key)}`, forMs: KEY_LASTS_MS, untilNews: false }
      return answerRequested(await reports.trigger(body, once), context)
    },
  })

  const triggerReportByGet = defineRoute({
    id: 'triggerReportByGet',
    method: 'get',
    paths: triggerPaths,
    tag: 'Reports',
    summary: 'Request a report, for clients that use GET',
    description:
      'Never cached. A browser may send it again by itself: within a minute, the same caller is answered with the report that it has requested already. HEAD starts nothing.',
    query: reportQueryOptions,
    responses: {
      200: {
        description: 'The report was requested, or had been just before',
        content: json(requestedReport),
        headers: { Location: 'Where the state of the report is' },
      },
      400: malformedOptions,
      409: nothingToReportOn,
    },
    async handle({ query }, context) {
      context.header('cache-control', 'no-store')
      if (context.req.method === 'HEAD') return context.body(null)
      const caller = digest(JSON.stringify([callerOf(context), query]))
      return answerRequested(
        await reports.trigger(query, { key: `get ${caller}`, forMs: SAME_REQUEST_MS, untilNews: true }),
        context,
      )
    },
  })

  const getReportByPath = defineRoute({
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
  })

  const getReportByQuery = defineRoute({
    id: 'getReportByQuery',
    method: 'get',
    paths: ['/get_report', '/api/get_report', '/api/v1/get_report'],
    tag: 'Reports',
    summary: 'The state of a report, with its id in the query',
    query: reportIdQuery.extend(fileQuery.shape),
    headers: fileHeaders,
    responses: stateOrFileResponses,
    handle: ({ query }, context) => answerReport(query.report_id, query, context),
  })

  const getReportOrFile = defineRoute({
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
      if (id === undefined) throw reportNotFound(`there is no report "${path.report_id}"`)
      const report = await getReport(db, id)
      if (!isFinished(report.state)) return context.json(reportStatusOf(reportOf(report), baseUrl(context)))
      if (report.state === 'complete')
        return answerFile(report, { format: 'csv', columns: 'default' }, context)
      throw reportNotFound(`report ${id} has no result: ${report.failure ?? 'it was cancelled'}`)
    },
  })

  const getReportByBody = defineRoute({
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
      const { status } = reportStatusOf(reportOf(report), baseUrl(context))
      if (status !== 'Complete') return context.json({ message: status, report: null })
      return sendText('application/json', reportWithTextJson(db, report.report_key, status))
    },
  })

  const downloadReports = fileFormats.map((format) =>
    defineRoute({
      id: `downloadReport-${format}`,
      method: 'get',
      paths: [
        `/reports/{report_id}.${format}`,
        ...(format === 'csv' ? ['/download_report/{report_id}', '/api/v1/download_report/{report_id}'] : []),
      ],
      tag: 'Reports',
      summary: `A complete report as ${format.toUpperCase()}`,
      path: reportIdPath,
      query: fileQuery.pick({ columns: true }),
      headers: fileHeaders,
      responses: fileResponses(format),
      handle: async ({ path, query }, context) =>
        answerFile(await getReport(db, path.report_id), { format, ...query }, context),
    }),
  )

  const listAllReports = defineRoute({
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
      const items = page.items.map((report) => reportStatusOf(report, baseUrl(context)))
      return context.json({ items, nextCursor: page.nextCursor })
    },
  })

  const deleteReport = defineRoute({
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
      return context.json(reportStatusOf(cancelled, baseUrl(context)))
    },
  })

  const followReport = defineRoute({
    id: 'followReport',
    method: 'get',
    paths: ['/reports/{report_id}/events'],
    tag: 'Reports',
    summary: 'The state of a report at each change, until it has ended, as server-sent events',
    description: 'Each event is named after the status and has the report as its data. `curl -N` shows them.',
    path: reportIdPath,
    headers: lastEventHeaders,
    responses: {
      200: { description: 'The events', content: { 'text/event-stream': null } },
      204: { description: 'The last event was received before: a browser stops asking' },
      400: malformedReportId,
      404: unknownReport,
    },
    async handle({ path, headers }, context) {
      const report = reportOf(await getReport(db, path.report_id))
      const lastEventId = headers['last-event-id']
      if (isFinished(report.state) && eventIdOf(report) === lastEventId) return context.body(null, 204)
      context.header('content-type', 'text/event-stream')
      context.header('cache-control', 'no-cache')
      if (context.req.method === 'HEAD') return context.body(null)
      const events = reportEventStream({
        states: reports.watch(path.report_id, context.req.raw.signal),
        statusOf: (report) => reportStatusOf(report, baseUrl(context)),
        lastEventId,
        onError: parts.onError,
      })
      return context.body(events)
    },
  })

  return [
    triggerReport,
    triggerReportByGet,
    ...downloadReports, // before the operations whose ids would take a name with an extension
    getReportByPath,
    getReportByQuery,
    getReportByBody,
    getReportOrFile,
    followReport,
    listAllReports,
    deleteReport,
  ]

  function answerRequested(report: Report, context: Context): Response {
    const base = baseUrl(context)
    context.header('location', new URL(`/get_report/${report.reportId}`, base).href)
    return context.json({ message: 'Report requested', ...reportStatusOf(report, base) })
  }

  async function answerReport(
    id: ReportId,
    query: z.output<typeof fileQuery>,
    context: Context,
  ): Promise<Response> {
    const report = await getReport(db, id)
    const format = query.format ?? acceptedFormat(context)
    if (format !== undefined && report.state === 'complete') {
      return answerFile(report, { format, columns: query.columns }, context, 'accept')
    }
    context.header('vary', 'accept')
    return context.json(reportStatusOf(reportOf(report), baseUrl(context)))
  }

  async function answerFile(
    report: StoredReport,
    options: FileOptions,
    context: Context,
    varyBy?: string,
  ): Promise<Response> {
    return sendFile(context.req.raw, await reportFile(db, report, options), varyBy)
  }

  /** Where the API is: as it was configured, or as this caller sees it. */
  function baseUrl(context: Context): string {
    return parts.publicUrl ?? context.req.url
  }
}

function fileResponses(format: FileFormat): Record<number, RestResponse> {
  const mediaType = mediaTypes[format]
  return {
    200: {
      description: 'The report',
      content: { [mediaType]: format === 'json' ? reportRows : null },
      headers: { 'Content-Disposition': 'attachment, with a name', ETag: 'Names these bytes' },
    },
    ...(format === 'csv' ? partResponses(mediaType) : { 304: unchanged }),
    400: malformedReportId,
    404: unknownReport,
    409: notComplete,
  }
}

/** What else is answered where a file may be: to conditions, and to requests for a part of it. */
function partResponses(mediaType: string): Record<number, RestResponse> {
  return {
    206: { description: 'The part of the file that a Range header asks for', content: { [mediaType]: null } },
    304: unchanged,
    416: { description: 'The range is beyond the end of the file', content: {} },
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

/** A fixed-length name for what a caller sent. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
