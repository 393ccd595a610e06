import type { AlertRules } from '../../shared/alert-rules.ts'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import { isOfMany, type IncidentCondition } from '../../shared/incident-condition.ts'
import type { IncidentListQuery, IncidentRow } from '../../shared/incident.ts'
import type { Page } from '../../shared/page.ts'
import { readAlertRules } from '../database/alert-rules.ts'
import type { Db } from '../database/connect.ts'
import { storeOfCursor } from '../database/cursor.ts'
import { isLabelled } from '../database/labelled.ts'
import { firstPollWeek } from '../database/poll-week-summary.ts'
import { keyOfStore } from '../database/stores.ts'
import type { FoundInMany } from '../incidents/feed-judge.ts'
import type { Incident } from '../incidents/incident.ts'
import { lookBackMs } from '../incidents/reach-of-rules.ts'
import { asOfMsOf } from '../reports/as-of.ts'
import type { Interval } from '../uptime/interval.ts'
import { POLL_WEEK_MS, pollWeekOf } from '../uptime/poll-week.ts'
import { askedTime } from './asked-time.ts'
import { exactInstant } from './exact-instant.ts'
import {
  createIncidentJudge,
  isOpenIn,
  type IncidentJudge,
  type IncidentJudging,
  type IncidentsOfStore,
  type IsWanted,
} from './judged-incidents.ts'
import type { HoursIn } from './store-hours.ts'

/** A page of incidents. Those of many stores are on the first one of a list of all stores; the cursor is the last store that a page has. */
export async function listIncidents(
  db: Db,
  query: IncidentListQuery,
  nowMs: number,
): Promise<Page<IncidentRow>> {
  const { limit, cursor, storeId, labels = [], condition } = query
  const after = storeOfCursor(cursor, 'incidents')
  const { rules: inForce } = await readAlertRules(db)
  const isOfAll = after === undefined && storeId === undefined && labels.length === 0
  const rules = onlyThose(
    inForce,
    (of) => (condition === undefined || of === condition) && (isOfAll || !isOfMany(of)),
  )
  const judging = await incidentJudging(db, rules)
  const time = askedTime(query, judging.dataTimeMs)
  const rowsOf = rowsWanted(query, rules, time)
  if (storeId !== undefined) {
    if (labels.length > 0 && !(await isLabelled(db, storeId, labels))) return { items: [], nextCursor: null }
    const items: IncidentRow[] = []
    for await (const some of incidentsOfSome(db, judging, time, [await keyOfStore(db, storeId)])) {
      items.push(...some.flatMap(rowsOf.store))
    }
    return { items, nextCursor: null }
  }
  const items: IncidentRow[] = []
  const isWithMany = rules.rules.some((rule) => rule.enabled && isOfMany(rule.condition))
  let nextCursor: StoreId | null = null
  const { stores, ofMany } = incidentsIn(db, judging, time)
  for await (const some of stores(after, labels)) {
    for (const store of some) {
      if (nextCursor !== null) break
      items.push(...rowsOf.store(store))
      if (items.length >= limit) nextCursor = store.storeId
    }
    // Of feeds nothing is known until all stores have been looked at.
    if (nextCursor !== null && !isWithMany) break
  }
  return { items: [...rowsOf.many(await ofMany(nowMs)), ...items], nextCursor }
}

/** So that no more is read and judged than those need. */
function onlyThose(
  { rules, ...document }: AlertRules,
  isWanted: (condition: IncidentCondition) => boolean,
): AlertRules {
  return {
    ...document,
    rules: rules.map((rule) => (isWanted(rule.condition) ? rule : { ...rule, enabled: false })),
  }
}

export async function incidentJudging(db: Db, rules: AlertRules): Promise<IncidentJudging> {
  const dataTimeMs = await asOfMsOf(db, {})
  const first = (await firstPollWeek(db)) ?? pollWeekOf(dataTimeMs)
  return { rules, dataTimeMs, earliestMs: first * POLL_WEEK_MS }
}

/** What was found, all of which that was open in some time is as if all polls were known. */
export interface IncidentsIn {
  stores(
    after?: StoreId,
    labels?: readonly StoreLabel[],
    isWanted?: IsWanted,
  ): AsyncGenerator<readonly IncidentsOfStore[]>
  /** To be called when all stores have been. Best with what was open since an instant before. */
  ofMany(nowMs: number, fromMs?: number): Promise<readonly FoundInMany[]>
  /** Likewise, of that the feeds that are late by then. */
  late(nowMs: number): readonly FoundInMany[]
}

/** The incidents of stores, and of all together: those that were open in some time are as if all polls were known. */
export function incidentsIn(
  db: Db,
  judging: IncidentJudging,
  time: Interval,
  hoursIn?: HoursIn,
): IncidentsIn {
  const sinceMs = pollsFrom(time, judging)
  const judge = createIncidentJudge(db, judging, sinceMs, hoursIn)
  return {
    async *stores(after, labels = [], isWanted = () => true) {
      const isToBeKept: IsWanted = (store) => isWanted(store) || !isCertain(store.found, time)
      for await (const some of judge.stores(after, labels, isToBeKept))
        yield await openIn(db, judging, time, sinceMs, some)
    },
    ofMany: (nowMs, fromMs = time.startMs) =>
      ofManyFurtherBack(db, judging, { ...time, startMs: fromMs }, { judge, sinceMs, nowMs }),
    late: judge.late,
  }
}

/** Likewise of those of some stores that are there, each by itself. */
export async function* incidentsOfSome(
  db: Db,
  judging: IncidentJudging,
  time: Interval,
  storeKeys: readonly number[],
  hoursIn?: HoursIn,
): AsyncGenerator<readonly IncidentsOfStore[]> {
  const sinceMs = pollsFrom(time, judging)
  for await (const some of createIncidentJudge(db, judging, sinceMs, hoursIn).some(storeKeys)) {
    yield await openIn(db, judging, time, sinceMs, some)
  }
}

/**
 * What was found in stores, in the same order. Looks further and further back, as far as there are polls, where something that was open
 * in some time depends on what is not known.
 */
async function openIn(
  db: Db,
  judging: IncidentJudging,
  time: Interval,
  sinceMs: number,
  stores: readonly IncidentsOfStore[],
): Promise<readonly IncidentsOfStore[]> {
  const certain = new Map<number, IncidentsOfStore>()
  let left = uncertainOf(stores, time)
  if (left.length === 0) return stores
  for (let furtherMs = 4 * POLL_WEEK_MS; left.length > 0; furtherMs *= 4) {
    const found: IncidentsOfStore[] = []
    for await (const some of createIncidentJudge(db, judging, sinceMs - furtherMs).some(left))
      found.push(...some)
    for (const store of found) certain.set(store.storeKey, store)
    left = uncertainOf(found, time)
  }
  return stores.map((store) => certain.get(store.storeKey) ?? store)
}

function uncertainOf(stores: readonly IncidentsOfStore[], time: Interval): number[] {
  return stores.filter(({ found }) => !isCertain(found, time)).map(({ storeKey }) => storeKey)
}

/** The same of feeds and groups, for which all stores have to be looked at again. */
async function ofManyFurtherBack(
  db: Db,
  judging: IncidentJudging,
  time: Interval,
  first: { readonly judge: IncidentJudge; readonly sinceMs: number; readonly nowMs: number },
): Promise<readonly FoundInMany[]> {
  let found = first.judge.ofMany(first.nowMs)
  for (let furtherMs = 4 * POLL_WEEK_MS; !isCertain(found, time); furtherMs *= 4) {
    const judge = createIncidentJudge(db, judging, first.sinceMs - furtherMs)
    for await (const stores of judge.stores(undefined)) void stores
    found = judge.ofMany(first.nowMs)
  }
  return found
}

/** Whether all that was found to be open since the start of a time is as if all polls were known. */
export function isCertain(
  found: readonly { readonly certainFromMs: number }[],
  { startMs }: Pick<Interval, 'startMs'>,
): boolean {
  return found.every(({ certainFromMs }) => certainFromMs <= startMs)
}

/** Of a time after all polls, what is still open is known by the last of them. */
function pollsFrom({ startMs }: Interval, { rules, dataTimeMs }: IncidentJudging): number {
  return pollWeekOf(Math.min(startMs, dataTimeMs) - lookBackMs(rules)) * POLL_WEEK_MS
}

/** Makes rows of those incidents that are asked for, in order of time. */
function rowsWanted({ open }: Pick<IncidentListQuery, 'open'>, { rules }: AlertRules, time: Interval) {
  const isWanted = (incident: Incident) => (!open || incident.closedMs === null) && isOpenIn(incident, time)
  const rowOf = (
    incident: Incident,
    place: number,
    of: Pick<IncidentRow, 'storeId' | 'group'>,
  ): IncidentRow => ({
    condition: incident.condition,
    severity: rules[place]!.severity,
    ...of,
    start: exactInstant(incident.startMs),
    opened: exactInstant(incident.openedMs),
    closed: incident.closedMs === null ? null : exactInstant(incident.closedMs),
    ending: incident.ending,
    value: incident.value,
    rule: place,
  })
  const inOrder = (rows: IncidentRow[]) =>
    rows.sort((a, b) => (a.opened < b.opened ? -1 : a.opened > b.opened ? 1 : 0))
  return {
    store: ({ storeId, found }: IncidentsOfStore) =>
      inOrder(
        found.flatMap(({ place, incidents }) =>
          incidents.filter(isWanted).map((one) => rowOf(one, place, { storeId, group: null })),
        ),
      ),
    many: (found: readonly FoundInMany[]) =>
      inOrder(
        found.flatMap(({ place, group, incidents }) =>
          incidents.filter(isWanted).map((one) => rowOf(one, place, { storeId: null, group })),
        ),
      ),
  }
}
