import { problemOf } from '../../../shared/problem.ts'
import type { Report } from '../../../shared/report.ts'
import { appErrorOf } from '../errors.ts'
import { eventIdOf } from '../report-event-id.ts'
import { eventStream } from './event-stream.ts'
import type { ReportStatus } from './schemas.ts'

interface EventSource {
  /** The report at each change. */
  readonly states: AsyncGenerator<Report, void>
  readonly statusOf: (report: Report) => ReportStatus
  /** The last event that the caller has, to go on from. */
  readonly lastEventId: string | undefined
  readonly onError: (error: unknown) => void
}

/**
 * The states of a report as server-sent events: the status names the event, and the data is the report. One that is
 * removed meanwhile ends them with an event `problem`. Whoever stops reading ends `states`.
 */
export function reportEventStream(source: EventSource): ReadableStream<Uint8Array> {
  return eventStream(eventsOf(source))
}

async function* eventsOf({
  states,
  statusOf,
  lastEventId,
  onError,
}: EventSource): AsyncGenerator<string, undefined> {
  try {
    for await (const report of states) {
      const id = eventIdOf(report)
      const body = statusOf(report)
      if (id !== lastEventId) {
        yield `event: ${body.status.toLowerCase()}\ndata: ${JSON.stringify(body)}\nid: ${id}\n\n`
      }
    }
  } catch (error) {
    const appError = appErrorOf(error)
    if (appError.code === 'internal') onError(error)
    yield `event: problem\ndata: ${JSON.stringify(problemOf(appError))}\n\n`
  }
}
