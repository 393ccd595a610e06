import type { AlertEventKind } from '../../shared/alert-kinds.ts'
import type { Severity } from '../../shared/incident-condition.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'

export interface StoredEvent {
  readonly incident: string
  readonly sequence: number
  readonly kind: AlertEventKind
  readonly at: number
  /** JSON. */
  readonly payload: string
}

/** What a channel is to tell of an event. */
export interface NewOutboxRow {
  readonly messageId: string
  readonly channel: string
  readonly route: string | null
  readonly incident: string
  readonly sequence: number
  readonly severity: Severity
  readonly dueAt: number
  /** What holds it back until then. */
  readonly silenceId: number | null
}

/** Adds events to the ledger; those that were not there. */
export async function insertAlertEvents<Event extends StoredEvent>(
  tx: Db,
  events: readonly Event[],
): Promise<Event[]> {
  const added = new Set<string>()
  for (const some of chunks(events)) {
    const rows = await tx
      .insertInto('alert_event')
      .values(
        some.map(({ incident, sequence, kind, at, payload }) => ({ incident, sequence, kind, at, payload })),
      )
      .onConflict((conflict) => conflict.columns(['incident', 'sequence']).doNothing())
      .returning(['incident', 'sequence'])
      .execute()
    for (const { incident, sequence } of rows) added.add(`${sequence} ${incident}`)
  }
  return events.filter(({ incident, sequence }) => added.has(`${sequence} ${incident}`))
}

/** Has channels tell events of the ledger. */
export async function insertOutboxRows(
  tx: Db,
  rows: readonly NewOutboxRow[],
  createdAt: number,
): Promise<void> {
  for (const some of chunks(rows)) {
    const values = some.map(
      ({ messageId, channel, route, incident, sequence, severity, dueAt, silenceId }) => ({
        message_id: messageId,
        channel,
        route,
        incident,
        sequence,
        severity,
        state: 'waiting' as const,
        created_at: createdAt,
        due_at: dueAt,
        silence_id: silenceId,
      }),
    )
    await tx.insertInto('outbox').values(values).execute()
  }
}

export interface ToldBy {
  readonly incident: string
  readonly channel: string
  readonly route: string | null
}

/** Which channels tell of incidents, or did, and by which route: those that did not give it up, or were silent. */
export async function readToldBy(tx: Db, incidents: readonly string[]): Promise<ToldBy[]> {
  const told: ToldBy[] = []
  for (const some of chunks(incidents)) {
    const rows = await tx
      .selectFrom('outbox')
      .select(({ fn }) => ['incident', 'channel', fn.min('route').as('route')])
      .where('incident', 'in', some)
      .where('state', 'in', ['waiting', 'delivered'])
      .groupBy(['incident', 'channel'])
      .orderBy('incident')
      .orderBy('channel')
      .execute()
    told.push(...rows)
  }
  return told
}

/** Those of incidents that any channel tells of, or told. */
export async function readMentioned(tx: Db, incidents: readonly string[]): Promise<Set<string>> {
  const mentioned = new Set<string>()
  for (const some of chunks(incidents)) {
    const rows = await tx
      .selectFrom('outbox')
      .select('incident')
      .distinct()
      .where('incident', 'in', some)
      .execute()
    for (const { incident } of rows) mentioned.add(incident)
  }
  return mentioned
}
