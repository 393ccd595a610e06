import type { Db } from '../../database/connect.ts'
import { incidentName, readTold, type FurtherIncident, type ToldRow } from '../../database/due-incidents.ts'
import type { Routing } from '../routing.ts'
import { businessTimeOf } from './business-time.ts'
import { nextFurther, type NextFurther } from './next-further.ts'

const DAY_MS = 86_400_000
/** How far ahead business hours are looked at; then, if need be, again. */
const AHEAD_MS = 14 * DAY_MS

export interface Further {
  readonly incident: FurtherIncident
  readonly next: NextFurther
}

/** What is to be told further of incidents. */
export async function furtherOf(
  tx: Db,
  incidents: readonly FurtherIncident[],
  routing: Routing,
  nowMs: number,
): Promise<Further[]> {
  if (incidents.length === 0) return []
  const rows = await readTold(
    tx,
    incidents.map(({ incident_key }) => incident_key),
  )
  const told = new Map(
    [...Map.groupBy(rows, ({ incident }) => incident)].map(([name, ofOne]) => [name, sinceOpened(ofOne)]),
  )
  const earliestMs = Math.min(nowMs, ...[...told.values()].flat().map(({ created_at }) => created_at))
  const clockOf = await businessTimeOf(
    tx,
    incidents.map(({ store_key }) => store_key),
    { startMs: earliestMs, endMs: nowMs + AHEAD_MS },
  )
  // Of what is over, nothing is told further.
  const toldOf = (incident: FurtherIncident) =>
    incident.told === 'open' ? (told.get(incidentName(incident.incident_key)) ?? []) : []
  return incidents.map((incident) => ({
    incident,
    next: nextFurther(toldOf(incident), {
      routing,
      clock: clockOf(incident.store_key),
      acknowledgedUntil: incident.acknowledged_until,
      nowMs,
    }),
  }))
}

function sinceOpened(rows: readonly ToldRow[]): ToldRow[] {
  const opened = rows.findLast(({ kind }) => kind === 'reopened' || kind === 'opened')
  return rows.filter(({ sequence }) => sequence >= (opened?.sequence ?? Infinity))
}

/** When it is to be looked at again, and not sooner than so long from now. */
export function timesOf({ repeats, escalations }: NextFurther, nowMs: number, soonestMs = 0) {
  const at = (times: Parameters<typeof earliestOf>[0]) => {
    const earliest = earliestOf(times, nowMs)
    return earliest === null ? null : Math.max(earliest, nowMs + soonestMs)
  }
  return { repeatAt: at(repeats), escalateAt: at(escalations) }
}

function earliestOf(times: readonly { readonly at: number }[], nowMs: number): number | null {
  if (times.length === 0) return null
  return Math.min(...times.map(({ at }) => at), nowMs + AHEAD_MS)
}
