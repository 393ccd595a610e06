import { insertAlertEvents, insertOutboxRows } from '../database/alert-events.ts'
import type { Db } from '../database/connect.ts'
import type { AlertEvent } from './alert-event.ts'
import { messageIdOf } from './message-id.ts'

/** By which channel an event is told, and when. */
export interface Routed {
  readonly channel: string
  readonly route: string | null
  readonly dueAt: number
}

/**
 * Records events and what is to be told of them, in one transaction, so that nothing that is recorded is lost. Those that are there already
 * add nothing.
 */
export async function recordEvents(
  tx: Db,
  events: readonly AlertEvent[],
  routesOf: (event: AlertEvent) => readonly Routed[],
  nowMs: number,
): Promise<void> {
  const stored = events.map((event) => ({ ...event, event, payload: JSON.stringify(event.payload) }))
  const added = await insertAlertEvents(tx, stored)
  const rows = added.flatMap(({ event }) =>
    routesOf(event).map((routed) => ({
      ...routed,
      messageId: messageIdOf(routed.channel, [event]),
      incident: event.incident,
      sequence: event.sequence,
    })),
  )
  await insertOutboxRows(tx, rows, nowMs)
}
