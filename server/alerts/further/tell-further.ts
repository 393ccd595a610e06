import type { Db } from '../../database/connect.ts'
import { incidentName, readOpenings, takeDueIncidents, updateFurther } from '../../database/due-incidents.ts'
import type { AlertEvent, AlertPayload } from '../alert-event.ts'
import { heldBackIn, recordEvents, type Routed } from '../record-events.ts'
import type { Routing } from '../routing.ts'
import { furtherOf, timesOf, type Further } from './further-of.ts'
import { mutedOf } from './muted.ts'

/** How many incidents are told further in a transaction. */
const MOST_AT_ONCE = 500
const LOOK_AGAIN_MS = 60_000
/** What others hold back is not looked at all the time. */
const LOOK_AT_MUTED_MS = 5 * 60_000

type Event = AlertEvent & { readonly routed: readonly Routed[] }

/** Tells again, or to others, what is due of the incidents that are open and not acknowledged: true where there may be more. */
export function tellFurther(db: Db, routing: Routing, nowMs: number): Promise<boolean> {
  return db.transaction().execute((tx) => tellSome(tx, routing, nowMs))
}

async function tellSome(tx: Db, routing: Routing, nowMs: number): Promise<boolean> {
  const incidents = await takeDueIncidents(tx, nowMs, MOST_AT_ONCE)
  if (incidents.length === 0) return false
  const openings = await readOpenings(
    tx,
    incidents.map(({ incident_key }) => incident_key),
  )
  const isMuted = await mutedOf(tx, incidents)
  const muted = new Set<number>()
  const further = await furtherOf(tx, incidents, routing, nowMs)
  const events = further.flatMap((one) => {
    const { incident_key } = one.incident
    const payload = JSON.parse(openings.get(incidentName(incident_key)) ?? 'null') as AlertPayload | null
    if (payload === null) return []
    if (!isMuted(one.incident, payload)) return eventsOf(one, payload, routing, nowMs)
    muted.add(incident_key)
    return []
  })
  const heldBack = await heldBackIn(tx, nowMs)
  const routedOf = new Map(events.map((event) => [event as AlertEvent, heldBack(event, event.routed)]))
  await recordEvents(tx, events, (event) => routedOf.get(event) ?? [], nowMs)
  // What was told now counts.
  const next = new Map(
    (await furtherOf(tx, incidents, routing, nowMs)).map((one) => [one.incident.incident_key, one.next]),
  )
  const ofIncident = Map.groupBy(events, ({ incident }) => incident)
  await updateFurther(
    tx,
    incidents.map(({ incident_key, sequence, repeats }) => {
      const told = ofIncident.get(incidentName(incident_key)) ?? []
      return {
        incidentKey: incident_key,
        sequence: sequence + told.length,
        repeats: repeats + told.filter(({ kind }) => kind === 'repeated').length,
        ...timesOf(
          next.get(incident_key)!,
          nowMs,
          muted.has(incident_key) ? LOOK_AT_MUTED_MS : LOOK_AGAIN_MS,
        ),
      }
    }),
  )
  return incidents.length === MOST_AT_ONCE
}

function eventsOf(
  { incident: { incident_key, sequence }, next }: Further,
  payload: AlertPayload,
  routing: Routing,
  nowMs: number,
): Event[] {
  const incident = incidentName(incident_key)
  const repeated = next.repeats
    .filter(({ at }) => at <= nowMs)
    .map(({ channel, route }) => routing.routed(channel, route, nowMs))
  const to = new Set(next.escalations.filter(({ at }) => at <= nowMs).map((one) => one.to))
  const told = [
    { kind: 'repeated' as const, routed: repeated },
    ...Array.from(to, (route) => ({ kind: 'escalated' as const, routed: routing.routedBy(route, nowMs) })),
  ].filter(({ routed }) => routed.length > 0)
  return told.map(({ kind, routed }, i) => ({
    incident,
    sequence: sequence + 1 + i,
    kind,
    at: nowMs,
    payload,
    routed,
  }))
}
