import { isFinished } from '../../../shared/report-state.ts'
import { getReport, reportOf } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { eventIdOf } from '../report-event-id.ts'
import { baseUrl } from './base-url.ts'
import { unknownReport } from './error-responses.ts'
import { sendEvents } from './event-stream.ts'
import { reportEvents } from './report-events.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { lastEventHeaders, reportIdPath, reportStatusOf } from './schemas.ts'

/** The operation that follows a report. */
export function reportEventRoutes(parts: ApiParts): RestRoute[] {
  const { db, reports, onError } = parts
  return [
    defineRoute({
      id: 'followReport',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      method: 'get',
      paths: ['/reports/{report_id}/events'],
      tag: 'Reports',
      summary: 'The state of a report at each change, until it has ended, as server-sent events',
      description:
        'Each event is named after the status and has the report as its data. `curl -N` shows them.',
      path: reportIdPath,
      headers: lastEventHeaders,
      responses: {
        200: { description: 'The events', content: { 'text/event-stream': null } },
        204: { description: 'The last event was received before: a browser stops asking' },
        404: unknownReport,
      },
      async handle({ path, headers }, context) {
        const report = reportOf(await getReport(db, path.report_id))
        const lastEventId = headers['last-event-id']
        if (isFinished(report.state) && eventIdOf(report) === lastEventId) return context.body(null, 204)
        const events = () =>
          reportEvents({
            states: reports.watch(path.report_id, context.req.raw.signal),
            statusOf: (report) => reportStatusOf(report, baseUrl(parts, context)),
            lastEventId,
          })
        return sendEvents(context, events, onError)
      },
    }),
  ]
}
