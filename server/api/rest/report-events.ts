import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Report } from '../../../shared/report.ts'
import { eventIdOf } from '../router.ts'
import type { ReportStatus } from './schemas.ts'

/** Proxies close a connection that says nothing for a minute. */
const KEEP_ALIVE_MS = 15_000

/** The states of a report as server-sent events: the status names the event, and the data is the report. */
export function streamReportEvents(
  context: Context,
  states: AsyncGenerator<Report, void>,
  statusOf: (report: Report) => ReportStatus,
): Response {
  const lastEventId = context.req.header('last-event-id')
  return streamSSE(context, async (stream) => {
    const keepAlive = setInterval(() => void stream.write(': still here\n\n'), KEEP_ALIVE_MS)
    stream.onAbort(() => void states.return())
    try {
      for await (const report of states) {
        const id = eventIdOf(report)
        const body = statusOf(report)
        if (id !== lastEventId) {
          await stream.writeSSE({ id, event: body.status.toLowerCase(), data: JSON.stringify(body) })
        }
      }
    } finally {
      clearInterval(keepAlive)
    }
  })
}
