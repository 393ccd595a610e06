import type { AlertEventKind } from '../../shared/alert-kinds.ts'
import type { Db } from './connect.ts'

export interface ToldEvent {
  readonly kind: AlertEventKind
  /** JSON. */
  readonly payload: string
  /** Whether some channel was to tell it. */
  readonly isSent: boolean
}

/** How many rows are read at once. */
const MANY = 1000

/** The events of the ledger of some kinds and of some time, some at a time. */
export async function* eventsOfKinds(
  db: Db,
  kinds: readonly AlertEventKind[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): AsyncGenerator<ToldEvent> {
  for (let after = 0; ;) {
    const rows = await db
      .selectFrom('alert_event')
      .select(['event_key', 'kind', 'payload'])
      .select(({ selectFrom }) =>
        selectFrom('outbox')
          .select('outbox_key')
          .whereRef('outbox.incident', '=', 'alert_event.incident')
          .whereRef('outbox.sequence', '=', 'alert_event.sequence')
          .limit(1)
          .as('sent'),
      )
      .where('at', '>=', startMs)
      .where('at', '<', endMs)
      .where('kind', 'in', kinds)
      .where('event_key', '>', after)
      .orderBy('event_key')
      .limit(MANY)
      .execute()
    for (const { kind, payload, sent } of rows) yield { kind, payload, isSent: sent !== null }
    if (rows.length < MANY) return
    after = rows.at(-1)!.event_key
  }
}
