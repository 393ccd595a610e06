import { isFinished } from '../shared/report-state.ts'
import type { Report } from '../shared/report.ts'
import type { Caller } from './call.ts'
import { subscriptionEvents } from './subscription-events.ts'
import { untilEnded, type TrackedEvent } from './until-ended.ts'

/** The report now and at each change until it has ended, across lost connections. */
export function watchReport(
  { procedures }: Caller,
  reportId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Report, void, undefined> {
  const options = signal ? { signal } : {}
  return untilEnded<Report>(
    {
      events: (lastEventId) =>
        subscriptionEvents<TrackedEvent<Report>>(
          (told) => procedures.report.progress.subscribe({ reportId, lastEventId }, { ...options, ...told }),
          signal,
        ),
      ask: () => procedures.report.get.query({ reportId }, options),
      isOver: ({ state }) => isFinished(state),
    },
    signal,
  )
}
