import { setImmediate } from 'node:timers/promises'
import type { StoreId } from '../../shared/ids.ts'
import { parseLocalDate } from '../../shared/local-date.ts'
import type { OutageListQuery, OutageRow } from '../../shared/outage.ts'
import type { StoreLabel } from '../../shared/group.ts'
import type { Page } from '../../shared/page.ts'
import type { Db } from '../database/connect.ts'
import { storeOfCursor } from '../database/cursor.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { isLabelled } from '../database/labelled.ts'
import type { PartStores } from '../database/report-input.ts'
import { readPartFacts } from '../database/store-facts.ts'
import { nextStoreIds, storeIdFurtherOn } from '../database/stores.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import { findOutages, type Outage } from '../uptime/outages.ts'
import { timeOnDates } from '../uptime/periods.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import { exactInstant } from './exact-instant.ts'
import { judgingOf, readJudgedStore } from './judged-store.ts'
import {
  isWhole,
  outagesFurtherOn,
  storesAtOnce,
  timeAround,
  windowAround,
  wholeOutages,
  type CutOffStore,
} from './whole-outages.ts'

/** A page of outages: rules 26 to 29 of docs/uptime.md. In order of store its cursor is the last store that it has. */
export async function listOutages(db: Db, query: OutageListQuery): Promise<Page<OutageRow>> {
  if (query.sortBy !== 'store') return { items: await firstOutages(db, query), nextCursor: null }
  const items: OutageRow[] = []
  for await (const { storeId, outages } of outagesByStore(
    db,
    query,
    storeOfCursor(query.cursor, 'outages'),
  )) {
    items.push(...outages)
    if (items.length >= query.limit) return { items, nextCursor: storeId }
  }
  return { items, nextCursor: null }
}

/** The first ones in an order that only all of them tell. */
async function firstOutages(db: Db, { limit, sortBy, ...query }: OutageListQuery): Promise<OutageRow[]> {
  const isBefore = (a: OutageRow, b: OutageRow) =>
    (sortBy === 'ongoing' ? Number(b.end === null) - Number(a.end === null) : 0) ||
    b.downtimeMs - a.downtimeMs
  let first: OutageRow[] = []
  for await (const { outages } of outagesByStore(db, query, undefined)) {
    if (outages.length > 0) first = [...first, ...outages].sort(isBefore).slice(0, limit)
  }
  return first
}

export interface OutagesOfStore {
  readonly storeId: StoreId
  readonly outages: readonly OutageRow[]
}

type OutageQuery = Omit<OutageListQuery, 'limit' | 'cursor' | 'sortBy'>

/** The outages of each store in ascending order of id, those of a few stores in memory at a time. */
export async function* outagesByStore(
  db: Db,
  query: OutageQuery,
  after: StoreId | undefined,
): AsyncGenerator<OutagesOfStore> {
  const judging = await judgingOf(db, query)
  const dates = [parseLocalDate(query.since)!, parseLocalDate(query.until)!] as const
  const { labels = [] } = query
  if (query.storeId !== undefined) {
    const { storeId } = query
    const time = knownTime(timeOfDates(...dates, 0), judging.asOfMs)
    const { zones } = await readJudgedStore(db, storeId, time, judging)
    if (labels.length > 0 && !(await isLabelled(db, storeId, labels))) return
    const outages = await wholeOutages(db, storeId, judging, timeOnDates(zones, ...dates))
    yield { storeId, outages: rowsOf(storeId, outages) }
    return
  }
  const window = windowAround(timeOfDates(...dates, 0), judging)
  const time = timeAround(window, judging)
  const hours = createOpenHours(time)
  const schedules = createSchedules()
  for await (const part of partsAfter(db, after, { storesAtOnce: storesAtOnce(time), labels })) {
    const facts = await readPartFacts(db, part, { time, schedules, corrections: judging.corrections })
    const found = new Map<StoreId, readonly Outage[]>()
    const cutOff: CutOffStore[] = []
    for (const [place, store] of facts.stores.entries()) {
      const { storeId } = store
      const schedule = schedules.of(store)
      const askedFor = timeOnDates(hours.zonesOf(store, schedule), ...dates)
      const input = {
        open: hours.of(store, schedule),
        weeks: facts.pollsAt(place),
        viewpoint: judging,
        corrections: facts.correctionsAt(place),
      }
      const { outages, isCutOff } = findOutages(input, window, askedFor)
      found.set(storeId, outages)
      if (!isWhole(isCutOff)) cutOff.push({ storeId, askedFor, isCutOff })
    }
    const furtherOn = await outagesFurtherOn(db, judging, window, cutOff)
    for (const [storeId, outages] of found) {
      yield { storeId, outages: rowsOf(storeId, furtherOn.get(storeId) ?? outages) }
    }
    await setImmediate()
  }
}

/** Stores that follow each other, so many at once, and of them those that have the labels. */
export async function* partsAfter(
  db: Db,
  after: StoreId | undefined,
  { storesAtOnce, labels }: { readonly storesAtOnce: number; readonly labels: readonly StoreLabel[] },
): AsyncGenerator<PartStores> {
  let [firstStoreId] = await nextStoreIds(db, after, 1)
  while (firstStoreId !== undefined) {
    const next = await storeIdFurtherOn(db, firstStoreId, storesAtOnce)
    yield { firstStoreId, nextStoreId: next ?? null, labels }
    firstStoreId = next
  }
}

export function rowsOf(storeId: StoreId, outages: readonly Outage[]): OutageRow[] {
  return outages.map((outage) => ({
    storeId,
    start: exactInstant(outage.startMs),
    end: outage.endMs === null ? null : exactInstant(outage.endMs),
    downtimeMs: outage.downtimeMs,
    shortestMs: outage.shortestMs,
    longestMs: outage.longestMs,
    firstPoll: exactInstant(outage.firstPollMs),
    lastPoll: exactInstant(outage.lastPollMs),
  }))
}
