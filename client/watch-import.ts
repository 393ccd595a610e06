import type { ImportRecord } from '../shared/import.ts'
import type { Caller } from './call.ts'
import { subscriptionEvents } from './subscription-events.ts'
import { untilEnded, type TrackedEvent } from './until-ended.ts'

/** The record of an import now and at each change until it has ended, across lost connections. */
export function watchImport(
  { procedures }: Caller,
  importId: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImportRecord, void, undefined> {
  const options = signal ? { signal } : {}
  return untilEnded<ImportRecord>(
    {
      events: (lastEventId) =>
        subscriptionEvents<TrackedEvent<ImportRecord>>(
          (told) => procedures.import.watch.subscribe({ importId, lastEventId }, { ...options, ...told }),
          signal,
        ),
      ask: () => procedures.import.get.query({ importId }, options),
      isOver: ({ state }) => state !== 'running',
    },
    signal,
  )
}
