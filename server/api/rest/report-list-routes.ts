import { withoutHint } from '../../access/kept-answers.ts'
import { listReports } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { baseUrl } from './base-url.ts'
import {
  malformedGroups,
  malformedPage,
  malformedTotals,
  notComplete,
  unknownReport,
} from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import {
  groups,
  groupsQuery,
  pageQuery,
  periodGroupList,
  periodGroupsQuery,
  periodStoresBody,
  periodStoresQuery,
  reportIdPath,
  reportList,
  reportStatus,
  reportStatusOf,
  totalsBody,
  totalsQuery,
} from './schemas.ts'

/** The operations that list reports, and that end or remove one. */
export function reportListRoutes(parts: ApiParts): RestRoute[] {
  const { db, reports } = parts
  return [
    defineRoute({
      id: 'listReports',
      needs: 'reports:read',
      keepsBy: ['itself'],
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
        const page = await listReports(db, query, context.get('principal').groups)
        const items = page.items.map((report) => reportStatusOf(report, baseUrl(parts, context)))
        return context.json({ items, nextCursor: page.nextCursor })
      },
    }),
    defineRoute({
      id: 'listReportGroups',
      needs: 'reports:read',
      keepsBy: ['reportId'],
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
        const groups = await reports.groups({ reportId: path.report_id, by: query.by })
        return context.json(withoutHint(context.get('principal'), groups))
      },
    }),
    defineRoute({
      id: 'readReportTotals',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      method: 'get',
      paths: ['/reports/{report_id}/totals'],
      tag: 'Reports',
      summary: 'The sums of the rows of a complete report, or of those of some stores',
      path: reportIdPath,
      query: totalsQuery,
      responses: {
        200: { description: 'The sums', content: { 'application/json': totalsBody } },
        400: malformedTotals,
        404: unknownReport,
        409: notComplete,
      },
      handle: async ({ path, query }, context) =>
        context.json(await reports.totals({ reportId: path.report_id, storeId: query.store_id })),
    }),
    defineRoute({
      id: 'listReportPeriodGroups',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      method: 'get',
      paths: ['/reports/{report_id}/period-groups'],
      tag: 'Reports',
      summary: 'A complete report by period rolled up by a label, or all stores as one, a page at a time',
      path: reportIdPath,
      query: periodGroupsQuery,
      responses: {
        200: { description: 'A page of groups by period', content: { 'application/json': periodGroupList } },
        400: malformedPage,
        404: unknownReport,
        409: notComplete,
      },
      async handle({ path, query }, context) {
        const groups = await reports.periodGroups({ reportId: path.report_id, ...query })
        return context.json(withoutHint(context.get('principal'), groups))
      },
    }),
    defineRoute({
      id: 'listReportPeriodStores',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      method: 'get',
      paths: ['/reports/{report_id}/period-stores'],
      tag: 'Reports',
      summary: 'The stores of a complete report by period, the worst first, each with its periods',
      path: reportIdPath,
      query: periodStoresQuery,
      responses: {
        200: { description: 'The first stores', content: { 'application/json': periodStoresBody } },
        400: malformedPage,
        404: unknownReport,
        409: notComplete,
      },
      async handle({ path, query: { store_id: storeId, sort_by: sortBy, limit } }, context) {
        const query = { reportId: path.report_id, storeId, sortBy, limit }
        return context.json(await reports.periodStores(query))
      },
    }),
    defineRoute({
      id: 'deleteReport',
      needs: 'reports:delete',
      keepsBy: ['reportId'],
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
