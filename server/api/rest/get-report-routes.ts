import type { Context } from 'hono'
import * as z from 'zod'
import type { ReportId } from '../../../shared/ids.ts'
import { mediaTypes, type FileFormat } from '../../../shared/report-file.ts'
import { isFinished } from '../../../shared/report-state.ts'
import { getReport, reportNotFound, reportOf, type StoredReport } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { baseUrl } from './base-url.ts'
import {
  malformedFileQuery,
  noReportIdInBody,
  noReportIdInQuery,
  tooLarge,
  unknownReport,
} from './error-responses.ts'
import { answerFile, partResponses } from './report-file-answer.ts'
import { reportWithTextJson } from './report-file.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import {
  fileHeaders,
  fileQuery,
  reportIdBody,
  reportIdPath,
  reportIdQuery,
  reportRows,
  reportStatus,
  reportStatusOf,
  reportWithText,
} from './schemas.ts'
import { sendText } from './send-file.ts'

type FileQuery = z.output<typeof fileQuery>

/** What a GET for a report is answered with. */
interface ReportAnswer {
  readonly summary: string
  readonly responses: Readonly<Record<number, RestResponse>>
  answer(id: ReportId, query: FileQuery, context: Context): Promise<Response>
}

/**
 * The operations that answer with a report. Of the systems whose clients are served some answer with its state, some with
 * its CSV once it is complete; no address can do both, so that `/csv` is for the latter, and the bare paths are as they are
 * set to be.
 */
export function getReportRoutes(parts: ApiParts): RestRoute[] {
  const { db } = parts
  const state = stateAnswer(parts)
  const csv = csvAnswer(parts)
  const asSet = parts.getReportAs === 'csv' ? csv : state
  return [
    byPath('getReport', '/get_report/{report_id}', asSet),
    byPath('readReport', '/reports/{report_id}', state),
    byPath('getReportCsv', '/csv/get_report/{report_id}', csv),
    byQuery('getReportByQuery', '/get_report', asSet),
    byQuery('getReportCsvByQuery', '/csv/get_report', csv),
    defineRoute({
      id: 'getReportByBody',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      method: 'post',
      paths: ['/get_report'],
      tag: 'Reports',
      summary: 'The state of a report and its CSV as text, with its id in the body',
      body: reportIdBody,
      responses: {
        200: {
          description: 'The state and, once it is complete, the CSV',
          content: { 'application/json': reportWithText },
        },
        400: noReportIdInBody,
        404: unknownReport,
        413: tooLarge,
      },
      async handle({ body }, context) {
        const report = await getReport(db, body.report_id)
        const { status } = reportStatusOf(reportOf(report), baseUrl(parts, context))
        if (status !== 'Complete') return context.json({ message: status, report: null })
        return sendText(context, 'application/json', reportWithTextJson(db, report, status))
      },
    }),
    defineRoute({
      id: 'getReportCsvByBody',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      method: 'post',
      paths: ['/csv/get_report'],
      tag: 'Older paths',
      summary: `${csv.summary}, with its id in the body`,
      body: reportIdBody,
      responses: {
        200: csv.responses[200]!,
        400: noReportIdInBody,
        404: csv.responses[404]!,
        413: tooLarge,
      },
      handle: ({ body }, context) => csv.answer(body.report_id, { columns: 'default' }, context),
    }),
  ]
}

function byPath(id: string, path: string, { summary, responses, answer }: ReportAnswer): RestRoute {
  return defineRoute({
    id,
    needs: 'reports:read',
    keepsBy: ['reportId'],
    method: 'get',
    paths: [path],
    tag: tagOf(path),
    summary,
    path: reportIdPath,
    query: fileQuery,
    headers: fileHeaders,
    responses: { ...responses, 400: malformedFileQuery },
    handle: ({ path, query }, context) => answer(path.report_id, query, context),
  })
}

function byQuery(id: string, path: string, { summary, responses, answer }: ReportAnswer): RestRoute {
  return defineRoute({
    id,
    needs: 'reports:read',
    keepsBy: ['reportId'],
    method: 'get',
    paths: [path],
    tag: tagOf(path),
    summary: `${summary}, with its id in the query`,
    query: reportIdQuery.extend(fileQuery.shape),
    headers: fileHeaders,
    responses: { ...responses, 400: noReportIdInQuery },
    handle: ({ query }, context) => answer(query.report_id, query, context),
  })
}

function tagOf(path: string): RestRoute['tag'] {
  return path.startsWith('/csv/') ? 'Older paths' : 'Reports'
}

function stateAnswer(parts: ApiParts): ReportAnswer {
  return {
    summary: 'The state of a report, or the report itself where a file is asked for',
    responses: {
      200: {
        description:
          'The state of the report; the report itself where a file is asked for and it is complete',
        content: contentOf(z.union([reportStatus, reportRows])),
      },
      ...partResponses('text/csv'),
      404: unknownReport,
    },
    async answer(id, query, context) {
      const report = await getReport(parts.db, id)
      const format = query.format ?? acceptedFormat(context)
      if (format !== undefined && report.state === 'complete') {
        return answerFile(parts.db, report, { format, columns: query.columns }, context, 'accept')
      }
      return answerState(parts, report, context)
    },
  }
}

/** Whoever takes every answer but "Running" for the CSV is told by the status where there will be none. */
function csvAnswer(parts: ApiParts): ReportAnswer {
  return {
    summary: 'The CSV of a report once it is complete, or its state before',
    responses: {
      200: {
        description: 'The CSV or, where it is asked for, another form of it; that the report is running',
        content: contentOf(z.union([reportStatus, reportRows])),
      },
      ...partResponses('text/csv'),
      404: { ...unknownReport, description: 'There is no such report, or it has failed' },
    },
    async answer(id, query, context) {
      const report = await getReport(parts.db, id)
      if (!isFinished(report.state)) return answerState(parts, report, context)
      if (report.state !== 'complete') {
        throw reportNotFound(`report ${id} has no result: ${report.failure ?? 'it was cancelled'}`)
      }
      const format = query.format ?? acceptedFormat(context) ?? 'csv'
      return answerFile(parts.db, report, { format, columns: query.columns }, context, 'accept')
    },
  }
}

function contentOf(json: z.ZodType): Readonly<Record<string, z.ZodType | null>> {
  return {
    'application/json': json,
    [mediaTypes.csv]: null,
    [mediaTypes.ndjson]: null,
    [mediaTypes.xlsx]: null,
  }
}

function answerState(parts: ApiParts, report: StoredReport, context: Context): Response {
  context.header('vary', 'accept')
  return context.json(reportStatusOf(reportOf(report), baseUrl(parts, context)))
}

/** The file format that the Accept header names, if any: a browser's or curl's wildcard is no wish. */
function acceptedFormat(context: Context): FileFormat | undefined {
  const types = (context.req.header('accept') ?? '')
    .toLowerCase()
    .split(',')
    .filter((type) => !/;\s*q=0(?:\.0*)?\s*$/.test(type))
    .map((type) => type.split(';')[0]!.trim())
  if (types.includes('text/csv')) return 'csv'
  if (types.includes(mediaTypes.xlsx)) return 'xlsx'
  return types.includes('application/x-ndjson') ? 'ndjson' : undefined
}
