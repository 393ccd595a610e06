import { insertAlertEvents, insertOutboxRows, readToldBy } from '../database/alert-events.ts'
import type { Db } from '../database/connect.ts'
import { beginAnew, incidentKeyOf } from '../database/due-incidents.ts'
import { readSilencesInForce } from '../database/silences.ts'
import type { AlertEvent } from './alert-event.ts'
import { planFurther } from './further/plan-further.ts'
import { messageIdOf } from './message-id.ts'
import { silenceOf } from './silenced.ts'
import type { Routing } from './routing.ts'

/** By which channel an event is told, and when. */
export interface Routed {
  readonly channel: string
  readonly route: string | null
  readonly dueAt: number
  /** What holds it back until then. */
  readonly silenceId?: number
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
      severity: event.payload.severity,
      silenceId: routed.silenceId ?? null,
    })),
  )
  await insertOutboxRows(tx, rows, nowMs)
  const reopened = added.filter(({ kind }) => kind === 'reopened')
  await beginAnew(
    tx,
    reopened.flatMap(({ incident }) => incidentKeyOf(incident) ?? []),
  )
}

/**
 * Likewise, by the routes: that something is over is told where its beginning was, or is to be. When incidents of the ledger are told further
 * is noted in their rows, which are there by then.
 */
export async function recordRouted(
  tx: Db,
  events: readonly AlertEvent[],
  routing: Routing,
  nowMs: number,
): Promise<void> {
  const heldBack = await heldBackIn(tx, nowMs)
  // One after the other, as each may be what those behind it end.
  const beginnings = events.filter((event) => !isEnding(event))
  await recordEvents(tx, beginnings, (event) => heldBack(event, routing.routesOf(event, nowMs)), nowMs)
  const endings = events.filter(isEnding)
  const toldBy = Map.groupBy(
    await readToldBy(
      tx,
      endings.map(({ incident }) => incident),
    ),
    ({ incident }) => incident,
  )
  const routesOf = (event: AlertEvent) =>
    heldBack(
      event,
      (toldBy.get(event.incident) ?? []).map(({ channel, route }) => routing.routed(channel, route, nowMs)),
    )
  await recordEvents(tx, endings, routesOf, nowMs)
  await planFurther(tx, events, routing, nowMs)
}

/** Holds back what silences that are in force are about. */
export async function heldBackIn(
  tx: Db,
  nowMs: number,
): Promise<(event: AlertEvent, routed: readonly Routed[]) => readonly Routed[]> {
  const silences = await readSilencesInForce(tx, nowMs)
  return (event, routed) => {
    const silence = silenceOf(event, silences)
    if (silence === undefined) return routed
    return routed.map((one) => ({ ...one, dueAt: silence.toMs, silenceId: silence.silenceId }))
  }
}

function isEnding({ kind }: AlertEvent): boolean {
  return kind === 'resolved' || kind === 'withdrawn'
}
