import { getReport, listReports } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { baseUrl } from './base-url.ts'
import { malformedGroups, malformedPage, notComplete, unknownReport } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import {
  groups,
  groupsQuery,
  pageQuery,
  reportIdPath,
  reportList,
  reportStatus,
  reportStatusOf,
} from './schemas.ts'

/** The operations that list reports, and that end or remove one. */
export function reportListRoutes(parts: ApiParts): RestRoute[] {
  const { db, reports } = parts
  return [
    defineRoute({
      id: 'listReports',
      method: 'get',
      paths: ['/reports'],
      tag: 'Reports',
      summary: 'Reports, newest first, a page at a time',
      query: pageQuery,
      responses: {
        200: { description: 'A page of reports', content: { 'application/json': reportList } },
        400: malformedPage,
      },
      async handle({ query }, context) {
        const page = await listReports(db, query)
        const items = page.items.map((report) => reportStatusOf(report, baseUrl(parts, context)))
        return context.json({ items, nextCursor: page.nextCursor })
      },
    }),
    defineRoute({
      id: 'listReportGroups',
      method: 'get',
      paths: ['/reports/{report_id}/groups'],
      tag: 'Reports',
      summary: 'A complete report rolled up by a label: a row for each of its values',
      path: reportIdPath,
      query: groupsQuery,
      responses: {
        200: { description: 'The groups', content: { 'application/json': groups } },
        400: malformedGroups,
        404: unknownReport,
        409: notComplete,
      },
      async handle({ path, query }, context) {
        const { groupsOf } = await import('../../reports/groups.ts')
        return context.json(await groupsOf(db, await getReport(db, path.report_id), query.by))
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
        200: {
          description: 'The report was running and has been cancelled',
          content: { 'application/json': reportStatus },
        },
        204: { description: 'The report had ended and has been removed' },
        404: unknownReport,
      },
      async handle({ path }, context) {
        const cancelled = await reports.cancelOrRemove(path.report_id)
        if (cancelled === undefined) return context.body(null, 204)
        return context.json(reportStatusOf(cancelled, baseUrl(parts, context)))
      },
    }),
  ]
}
