import type { Report } from '../../../shared/report.ts'
import { eventIdOf } from '../report-event-id.ts'
import type { Events } from './event-stream.ts'
import type { ReportStatus } from './schemas.ts'

interface EventSource {
  /** The report at each change. */
  readonly states: AsyncGenerator<Report, void>
  readonly statusOf: (report: Report) => ReportStatus
  /** The last event that the caller has, to go on from. */
  readonly lastEventId: string | undefined
}

/** The states of a report as server-sent events: the status names the event, and the data is the report. */
export async function* reportEvents({ states, statusOf, lastEventId }: EventSource): Events {
  for await (const report of states) {
    const id = eventIdOf(report)
    if (id === lastEventId) continue
    const body = statusOf(report)
    yield `event: ${body.status.toLowerCase()}\ndata: ${JSON.stringify(body)}\nid: ${id}\n\n`
  }
}
