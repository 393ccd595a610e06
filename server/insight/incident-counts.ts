import type { StoreLabel } from '../../shared/group.ts'
import { incidentConditions, type IncidentCondition } from '../../shared/incident-condition.ts'
import { readAlertRules } from '../database/alert-rules.ts'
import type { Db } from '../database/connect.ts'
import type { Incident } from '../incidents/incident.ts'
import type { Interval } from '../uptime/interval.ts'
import { incidentJudging, incidentsIn } from './incidents.ts'
import { isOpenIn } from './judged-incidents.ts'

export interface IncidentCount {
  readonly condition: IncidentCondition
  readonly opened: number
  readonly open: number
}

/** How many incidents opened in some time, and were open at its end: of stores in groups, or of all stores and of many together. */
export async function countIncidents(
  db: Db,
  time: Interval,
  labels: readonly StoreLabel[],
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<IncidentCount[]> {
  const { rules } = await readAlertRules(db)
  const { stores, ofMany } = incidentsIn(db, await incidentJudging(db, rules), time)
  const counts = new Map<IncidentCondition, { opened: number; open: number }>()
  const add = (incident: Incident) => {
    if (!isOpenIn(incident, time)) return
    const { condition, openedMs, closedMs } = incident
    const known = counts.get(condition) ?? { opened: 0, open: 0 }
    if (openedMs >= time.startMs) known.opened++
    if ((closedMs ?? Infinity) >= time.endMs) known.open++
    counts.set(condition, known)
  }
  for await (const some of stores(undefined, labels)) {
    signal.throwIfAborted()
    for (const { found } of some) for (const { incidents } of found) incidents.forEach(add)
  }
  if (labels.length === 0) for (const { incidents } of await ofMany(nowMs)) incidents.forEach(add)
  return incidentConditions.flatMap((condition) => {
    const known = counts.get(condition)
    return known === undefined || known.opened + known.open === 0 ? [] : [{ condition, ...known }]
  })
}
