import type * as z from 'zod'
import { fileNameOf, mediaTypes } from '../../../shared/report-file.ts'
import type { ListedRowPage, ReportRowsQuery } from '../../../shared/report-rows.ts'
import { withOwnLabels } from '../../access/kept-answers.ts'
import type { Principal } from '../../access/principal.ts'
import { getReport, reportOf } from '../../database/reports.ts'
import { withSales } from '../../insight/row-sales.ts'
import type { ApiParts } from '../api-parts.ts'
import { baseUrl } from './base-url.ts'
import { callerOf } from './caller.ts'
import {
  malformedFilter,
  malformedOptions,
  malformedStrips,
  malformedSuggest,
  noPolls,
  notComplete,
  tooLarge,
  tooManyReports,
  unknownReport,
  unknownStore,
} from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { reportIdPath, reportStatus, reportStatusOf } from './schemas.ts'
import { sendText } from './send-file.ts'
import {
  ensureBody,
  hoursBody,
  rowPageBody,
  rowsFileQuery,
  rowsQuery,
  stripsBody,
  stripsQuery,
  suggestionsBody,
  suggestQuery,
  summaryBody,
  summaryQuery,
} from './view-schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })
const ofReport = { method: 'get', tag: 'Reports', path: reportIdPath } as const
const errorsOfReport = { 404: unknownReport, 409: notComplete }
/** So many rows of a file are read at once. */
const ROWS_AT_ONCE = 4096

/** The operations by which reports and stores are looked at. */
export function viewRoutes(parts: ApiParts): RestRoute[] {
  const { db, reports } = parts

  async function rowsOf({ groups }: Principal, query: ReportRowsQuery): Promise<ListedRowPage> {
    return withSales(db, query, groups, await reports.rows(query))
  }

  return [
    defineRoute({
      id: 'ensureReport',
      needs: 'reports:request',
      keepsBy: ['labels'],
      method: 'post',
      paths: ['/reports'],
      tag: 'Reports',
      summary:
        'The report by window of some options and the data as they are: one that is there, or a new one',
      description:
        'A report of the same options is answered with, however far it is, unless the data have changed since it was requested.',
      body: ensureBody,
      responses: {
        200: { description: 'The report; it may be running', content: json(reportStatus) },
        400: malformedOptions,
        409: noPolls,
        413: tooLarge,
        429: tooManyReports,
      },
      async handle({ body }, context) {
        const report = await reports.ensure(body, { caller: callerOf(context) })
        return context.json(reportStatusOf(report, baseUrl(parts, context)))
      },
    }),
    defineRoute({
      ...ofReport,
      id: 'listReportRows',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      paths: ['/reports/{report_id}/rows'],
      summary:
        'The rows of a complete report that match, in any order, with what each store is; a page at a time',
      query: rowsQuery,
      responses: {
        200: { description: 'A page of rows', content: json(rowPageBody) },
        400: malformedFilter,
        ...errorsOfReport,
      },
      handle: async ({ path, query }, context) =>
        context.json(await rowsOf(context.get('principal'), { reportId: path.report_id, ...query })),
    }),
    ...(['csv', 'xlsx'] as const).map((format) =>
      defineRoute({
        ...ofReport,
        id: `downloadReportRows${format === 'csv' ? 'Csv' : 'Xlsx'}`,
        needs: 'reports:read',
        keepsBy: ['reportId'],
        paths: [`/reports/{report_id}/rows.${format}`],
        summary: `The same rows in the same order, all of them, as ${format.toUpperCase()}`,
        query: rowsFileQuery,
        responses: {
          200: {
            description: 'The rows',
            content: { [mediaTypes[format]]: null },
            headers: { 'Content-Disposition': 'attachment, with a name' },
          },
          400: malformedFilter,
          ...errorsOfReport,
        },
        async handle({ path: { report_id: reportId }, query }, context) {
          const pageAt = (cursor?: string): Promise<ListedRowPage> =>
            rowsOf(context.get('principal'), { reportId, ...query, limit: ROWS_AT_ONCE, cursor })
          const rows = { first: await pageAt(), next: pageAt, hasSales: query.sales }
          const name = fileNameOf(reportOf(await getReport(db, reportId)), format)
          const named = { 'content-disposition': `attachment; filename="stores-${name}"` }
          const { csvOfRows, workbookOfRows } = await import('../../reports/view/rows-file.ts')
          const { workbookBytes } = await import('../../reports/workbook.ts')
          if (format === 'csv')
            return sendText(context, `${mediaTypes.csv}; charset=utf-8`, csvOfRows(rows), named)
          return sendText(context, mediaTypes.xlsx, workbookBytes(workbookOfRows(rows)), named)
        },
      }),
    ),
    defineRoute({
      ...ofReport,
      id: 'summarizeReport',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      paths: ['/reports/{report_id}/summary'],
      summary:
        'The rows of a complete report that match, in a few figures: states, sums, distribution, zones',
      query: summaryQuery,
      responses: {
        200: { description: 'The figures', content: json(summaryBody) },
        400: malformedFilter,
        ...errorsOfReport,
      },
      handle: async ({ path, query }, context) =>
        context.json(
          await withOwnLabels(
            db,
            context.get('principal'),
            await reports.summary({ reportId: path.report_id, ...query }),
          ),
        ),
    }),
    defineRoute({
      ...ofReport,
      id: 'readReportHours',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      paths: ['/reports/{report_id}/hours'],
      summary: 'The week of a complete report by the hour of the local week, of all its stores',
      responses: {
        200: { description: 'The hours', content: json(hoursBody) },
        ...errorsOfReport,
      },
      handle: async ({ path }, context) => context.json(await reports.hours(path.report_id)),
    }),
    defineRoute({
      id: 'readStrips',
      needs: 'stores:read',
      keepsBy: ['storeIds'],
      method: 'get',
      paths: ['/strips'],
      tag: 'Stores',
      summary: 'The last seven local days of up to a hundred stores',
      query: stripsQuery,
      responses: {
        200: { description: 'Their days', content: json(stripsBody) },
        400: malformedStrips,
        404: unknownStore,
        409: noPolls,
      },
      async handle({ query }, context) {
        const { readStrips } = await import('../../insight/strips.ts')
        return context.json(await readStrips(db, query))
      },
    }),
    defineRoute({
      id: 'suggestStores',
      needs: 'stores:read',
      keepsBy: ['itself'],
      method: 'get',
      paths: ['/suggestions'],
      tag: 'Stores',
      summary: 'The stores whose ids are near to what was written for one',
      query: suggestQuery,
      responses: {
        200: { description: 'Stores, the nearest first', content: json(suggestionsBody) },
        400: malformedSuggest,
      },
      async handle({ query }, context) {
        const { suggestStores } = await import('../../insight/suggestions.ts')
        return context.json(await suggestStores(db, query, context.get('principal').groups))
      },
    }),
  ]
}
