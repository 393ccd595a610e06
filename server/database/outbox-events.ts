import type { Db } from './connect.ts'

/** What channels are to tell, or told, each with its event. */
export function outboxWithEvents(db: Db) {
  return db
    .selectFrom('outbox')
    .innerJoin('alert_event', (join) =>
      join
        .onRef('alert_event.incident', '=', 'outbox.incident')
        .onRef('alert_event.sequence', '=', 'outbox.sequence'),
    )
    .selectAll('outbox')
    .select(['kind', 'at', 'payload'])
}

/** One of them. */
export type OutboxRow = Awaited<ReturnType<ReturnType<typeof outboxWithEvents>['execute']>>[number]
