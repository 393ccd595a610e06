import { setImmediate } from 'node:timers/promises'
import type { StoreId } from '../../shared/ids.ts'
import { parseLocalDate } from '../../shared/local-date.ts'
import type { Page } from '../../shared/page.ts'
import type { SalesListQuery, SalesRow } from '../../shared/sales-at-risk.ts'
import { inTwoDigits } from '../../shared/sales-range.ts'
import type { Db } from '../database/connect.ts'
import { storeOfCursor } from '../database/cursor.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { isLabelled } from '../database/labelled.ts'
import {
  readFactsOfStores,
  readPartFacts,
  type FactsWanted,
  type PartFacts,
} from '../database/store-facts.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import type { ZoneInForce } from '../uptime/schedule.ts'
import { calendarOf, slotsOf, type Slot } from '../uptime/periods.ts'
import { downHoursIn } from '../uptime/sales/down-hours.ts'
import { salesAtRisk, type SalesAtRisk } from '../uptime/sales/sales-at-risk.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import { firstOf } from './first-of.ts'
import { judgingOf } from './judged-store.ts'
import { partsAfter } from './outages.ts'
import { createRevenueReader } from './store-revenue.ts'
import { storesAtOnce } from './whole-outages.ts'

const DAY_MS = 86_400_000

export type SalesQuery = Omit<SalesListQuery, 'limit' | 'cursor' | 'sortBy'>

/** A page of what stores lost: rule 44 of docs/uptime.md. Its cursor is the last store that it has. */
export async function listSalesAtRisk(db: Db, query: SalesListQuery): Promise<Page<SalesRow>> {
  if (query.sortBy === 'most') {
    const items = await firstOf(salesByStore(db, query, undefined), query.limit, mostLost)
    return { items, nextCursor: null }
  }
  const items: SalesRow[] = []
  for await (const row of salesByStore(db, query, storeOfCursor(query.cursor, 'sales at risk'))) {
    if (items.length === query.limit) return { items, nextCursor: items.at(-1)!.storeId }
    items.push(row)
  }
  return { items, nextCursor: null }
}

/** Then those of which it is not known, and last those that were not down. */
function mostLost(a: SalesRow, b: SalesRow): number {
  const lost = ({ downtimeMs, middle }: SalesRow) => (downtimeMs === 0 ? -2 : (middle ?? -1))
  return lost(b) - lost(a) || b.downtimeMs - a.downtimeMs || (a.storeId < b.storeId ? -1 : 1)
}

export async function* salesByStore(
  db: Db,
  query: SalesQuery,
  after: StoreId | undefined,
): AsyncGenerator<SalesRow> {
  for await (const { range, ...store } of exactSalesByStore(db, query, after)) {
    const { low = null, middle = null, high = null } = range === null ? {} : inTwoDigits(range)
    yield { ...store, low, middle, high }
  }
}

/** What a store lost, to the last digit. */
export interface ExactSales extends SalesAtRisk {
  readonly storeId: StoreId
  readonly currency: string | null
  readonly downtimeMs: number
  readonly unknownMs: number
}

/** Of each store that was down, or of which it is not known, in ascending order of id; of one that is named in any case. */
export async function* exactSalesByStore(
  db: Db,
  query: SalesQuery,
  after: StoreId | undefined,
): AsyncGenerator<ExactSales> {
  const { storeId, labels = [], average, recaptured } = query
  const judging = await judgingOf(db, query)
  const [fromDate, toDate] = [parseLocalDate(query.since)!, parseLocalDate(query.until)!]
  const time = knownTime(timeOfDates(fromDate, toDate, 4 * judging.reachMs), judging.asOfMs)
  const schedules = createSchedules()
  const hours = createOpenHours(time)
  const slotsIn = createSlotsOf(fromDate, toDate)
  const revenueOf = createRevenueReader(db, {
    judging,
    endMs: Math.min(judging.asOfMs, (toDate + 1) * DAY_MS),
    average: average === undefined ? undefined : average * 100,
    group: storeId === undefined ? labels : undefined,
  })
  for await (const facts of factsOf(db, query, after, {
    time,
    schedules,
    corrections: judging.corrections,
  })) {
    const found = facts.stores.flatMap((store, place) => {
      const schedule = schedules.of(store)
      const input = {
        open: hours.of(store, schedule),
        weeks: facts.pollsAt(place),
        viewpoint: judging,
        corrections: facts.correctionsAt(place),
      }
      const down = downHoursIn(input, slotsIn(hours.zonesOf(store, schedule)))
      const isNothing = down.downtimeMs === 0 && down.unknownMs === 0
      return isNothing && storeId === undefined ? [] : [{ store, down }]
    })
    const revenue = await revenueOf(found.map(({ store }) => store))
    for (const [i, { store, down }] of found.entries()) {
      const { currency, of } = revenue[i]!
      const { downtimeMs, unknownMs } = down
      const sales = salesAtRisk(down, of, recaptured / 100)
      yield { storeId: store.storeId, currency, ...sales, downtimeMs, unknownMs }
    }
    await setImmediate()
  }
}

/** The facts of the stores that are asked for, some at a time. */
async function* factsOf(
  db: Db,
  { storeId, labels = [] }: SalesQuery,
  after: StoreId | undefined,
  wanted: FactsWanted,
): AsyncGenerator<PartFacts> {
  if (storeId !== undefined) {
    const facts = await readFactsOfStores(db, [storeId], wanted)
    if (labels.length === 0 || (await isLabelled(db, storeId, labels))) yield facts
    return
  }
  for await (const part of partsAfter(db, after, { storesAtOnce: storesAtOnce(wanted.time), labels })) {
    yield await readPartFacts(db, part, wanted)
  }
}

/** The hours of the week of some dates, computed once for all stores of a zone. */
function createSlotsOf(fromDate: number, toDate: number): (zones: readonly ZoneInForce[]) => readonly Slot[] {
  const calendar = calendarOf({ by: 'hour-of-week', fromDate, toDate })
  const known = new WeakMap<readonly ZoneInForce[], readonly Slot[]>()
  return (zones) => {
    const slots = known.get(zones) ?? slotsOf(zones, calendar)
    known.set(zones, slots)
    return slots
  }
}
