import { problemOf } from '../../../shared/problem.ts'
import type { Report } from '../../../shared/report.ts'
import { appErrorOf } from '../errors.ts'
import { eventIdOf } from '../report-event-id.ts'
import type { ReportStatus } from './schemas.ts'

/** Proxies close a connection that says nothing for a minute. */
const KEEP_ALIVE_MS = 15_000

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
  const events = eventsOf(source)
  const encoder = new TextEncoder()
  let keepAlive: NodeJS.Timeout
  return new ReadableStream<Uint8Array>({
    start(controller) {
      keepAlive = setInterval(() => controller.enqueue(encoder.encode(': still here\n\n')), KEEP_ALIVE_MS)
    },
    async pull(controller) {
      const { value } = await events.next()
      if (value === undefined) {
        clearInterval(keepAlive)
        controller.close()
      } else {
        controller.enqueue(encoder.encode(value))
      }
    },
    async cancel() {
      clearInterval(keepAlive)
      await events.return(undefined)
    },
  })
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
