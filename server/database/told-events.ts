import type { AlertEventKind } from '../../shared/alert-kinds.ts'
import type { Db } from './connect.ts'

interface ToldEvent {
  readonly kind: AlertEventKind
  /** JSON. */
  readonly payload: string
  /** Whether some channel was to tell it. */
  readonly isSent: boolean
}

/** Which events are looked at: those after one, or, where none is known, of some time. */
export interface EventRange {
  readonly after: number | null
  /** The last one. */
  readonly upTo: number
  readonly startMs: number
  readonly endMs: number
}

/** How many rows are read at once. */
const MANY = 1000

/** 0 where there are none. */
export async function lastEventKey(db: Db): Promise<number> {
  const last = db.selectFrom('alert_event').select('event_key').orderBy('event_key', 'desc').limit(1)
  return (await last.executeTakeFirst())?.event_key ?? 0
}

/** The events of the ledger of some kinds. */
export async function* eventsOfKinds(
  db: Db,
  kinds: readonly AlertEventKind[],
  { after: known, upTo, startMs, endMs }: EventRange,
): AsyncGenerator<ToldEvent> {
  for (let after = known ?? 0; ;) {
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
      .$if(known === null, (query) => query.where('at', '>=', startMs).where('at', '<', endMs))
      .where('kind', 'in', kinds)
      .where('event_key', '>', after)
      .where('event_key', '<=', upTo)
      .orderBy('event_key')
      .limit(MANY)
      .execute()
    for (const { kind, payload, sent } of rows) yield { kind, payload, isSent: sent !== null }
    if (rows.length < MANY) return
    after = rows.at(-1)!.event_key
  }
}
