import { explainReport } from '../../insight/report-explanation.ts'
import { getReport } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import {
  malformedStoreId,
  malformedVerification,
  notComplete,
  unknownReport,
  unknownReportOrStore,
} from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { reportIdPath } from './schemas.ts'
import { explainedStorePath, explanationBody, verificationBody, verifyQuery } from './verification-schemas.ts'

/** The operations that compute what a report has again. */
export function verificationRoutes({ db, reports }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'verifyReport',
      needs: 'reports:read',
      method: 'get',
      paths: ['/reports/{report_id}/verify'],
      tag: 'Reports',
      summary: 'Compute stores of a complete report again, and compare them with what is stored',
      description:
        'Nothing of the report changes. What differs is told with what has changed since it was computed.',
      path: reportIdPath,
      query: verifyQuery,
      responses: {
        200: { description: 'What differs, if anything', content: { 'application/json': verificationBody } },
        400: malformedVerification,
        404: unknownReport,
        409: notComplete,
      },
      handle: async ({ path, query }, context) =>
        context.json(
          await reports.verify({ reportId: path.report_id, stores: query.stores }, context.req.raw.signal),
        ),
    }),
    defineRoute({
      id: 'explainReportRow',
      needs: 'reports:read',
      method: 'get',
      paths: ['/reports/{report_id}/stores/{store_id}/explain'],
      tag: 'Reports',
      summary: "A store's row of a complete report, taken apart from the data as they are now",
      path: explainedStorePath,
      responses: {
        200: {
          description: 'The row as it is stored and as it comes out now, and the time that it is about',
          content: { 'application/json': explanationBody },
        },
        400: malformedStoreId,
        404: unknownReportOrStore,
        409: notComplete,
      },
      async handle({ path }, context) {
        const report = await getReport(db, path.report_id)
        return context.json(await explainReport(db, report, path.store_id, reports.computedWith))
      },
    }),
  ]
}
