import type { SimulatedCount, SimulateQuery, Simulation } from '../../shared/incident.ts'
import { readAlertRules } from '../database/alert-rules.ts'
import type { Db } from '../database/connect.ts'
import type { Incident } from '../incidents/incident.ts'
import { mutesOf } from '../incidents/mutes.ts'
import { tellingOf, type Mute } from '../incidents/muting.ts'
import { askedTime } from './asked-time.ts'
import { exactInstant } from './exact-instant.ts'
import { incidentJudging, incidentsIn } from './incidents.ts'
import type { IncidentsOfStore } from './judged-incidents.ts'

/** What would have been told in some time by some rules: rules 33 to 43 of docs/uptime.md, and nothing is sent. */
export async function simulateAlerts(db: Db, query: SimulateQuery, nowMs: number): Promise<Simulation> {
  const rules = query.rules ?? (await readAlertRules(db)).rules
  const judging = await incidentJudging(db, rules)
  const asked = askedTime(query, judging.dataTimeMs)
  // What the clock tells of feeds that are late is not of the past.
  const time = { ...asked, endMs: Math.min(asked.endMs, judging.dataTimeMs + 1) }
  const { stores, ofMany } = incidentsIn(db, judging, time)
  const withIncidents: IncidentsOfStore[] = []
  let count = 0
  for await (const some of stores()) {
    count += some.length
    withIncidents.push(...some.filter(({ found }) => found.some(({ incidents }) => incidents.length > 0)))
  }
  const many = await ofMany(nowMs)
  const days = createDays(time)
  for (const store of withIncidents) {
    const mutes = mutesOf(store, many, rules)
    for (const { place, incidents } of store.found) {
      for (const incident of incidents) days.add(place, incident, mutes(incident.condition))
    }
  }
  for (const { place, incidents } of many) for (const incident of incidents) days.add(place, incident, [])
  return {
    since: exactInstant(time.startMs),
    until: exactInstant(time.endMs),
    days: days.counts(),
    rules: rules.rules,
    stores: count,
  }
}

interface Days {
  add(place: number, incident: Incident, mutes: readonly Mute[]): void
  counts(): SimulatedCount[]
}

/** Counts what is told in some time, by the day in UTC. */
function createDays({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }): Days {
  const counts = new Map<
    string,
    { day: string; rule: number; opened: number; closed: number; held: number }
  >()

  function count(what: 'opened' | 'closed' | 'held', atMs: number | undefined, rule: number): void {
    if (atMs === undefined || atMs < startMs || atMs >= endMs) return
    const day = exactInstant(atMs).slice(0, 'YYYY-MM-DD'.length)
    const key = `${day} ${rule}`
    const known = counts.get(key) ?? { day, rule, opened: 0, closed: 0, held: 0 }
    known[what]++
    counts.set(key, known)
  }

  return {
    add(place, incident, mutes) {
      const { openedMs, closedMs } = tellingOf(incident, mutes)
      count('opened', openedMs, place)
      count('closed', closedMs, place)
      if (openedMs === undefined) count('held', incident.openedMs, place)
    },
    counts: () =>
      [...counts.values()].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.rule - b.rule)),
  }
}
