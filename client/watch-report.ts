import { AppError } from '../shared/app-error.ts'
import { isFinished } from '../shared/report-state.ts'
import type { Report } from '../shared/report.ts'
import type { Caller } from './call.ts'
import { subscriptionEvents } from './subscription-events.ts'

/** How long to wait before trying again where the connection was lost, and how often in a row: a server's restart. */
const TRY_AGAIN_MS = 500
const MAX_TRIES = 120

/** The report now and at each change until it has ended, across lost connections. */
export async function* watchReport(
  caller: Caller,
  reportId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Report, void, undefined> {
  let lastEventId: string | undefined
  let tries = 0
  for (;;) {
    signal?.throwIfAborted()
    for await (const { id, data } of progressEvents(caller, { reportId, lastEventId }, signal)) {
      lastEventId = id
      yield data
      if (isFinished(data.state)) return
    }
    signal?.throwIfAborted()
    try {
      // Lost or refused. EventSource does not tell why, but a query does, or has the news itself.
      const report = await caller.procedures.report.get.query({ reportId }, signal ? { signal } : {})
      if (isFinished(report.state)) return yield report
      tries = 0
    } catch (error) {
      const mayPass = error instanceof AppError && error.code === 'unavailable'
      if (!mayPass || ++tries === MAX_TRIES) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
}

interface ProgressEvent {
  readonly id: string
  readonly data: Report
}

/** The events after the last one of a connection, for as long as it lasts. */
function progressEvents(
  { procedures }: Caller,
  input: { readonly reportId: string; readonly lastEventId: string | undefined },
  signal: AbortSignal | undefined,
): AsyncGenerator<ProgressEvent, void, undefined> {
  return subscriptionEvents<ProgressEvent>(
    (told) => procedures.report.progress.subscribe(input, { ...(signal ? { signal } : {}), ...told }),
    signal,
  )
}
