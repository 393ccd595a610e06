import type { StoreLabel } from '../../shared/group.ts'
import { chunks } from '../database/chunks.ts'
import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { readOrders } from '../database/orders.ts'
import type { StoreRules } from '../database/report-input.ts'
import { readFactsOfStores } from '../database/store-facts.ts'
import { readCurrencies, readRevenue, storesWithOrders } from '../database/store-revenue.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import { pollWeekOf } from '../uptime/poll-week.ts'
import {
  LEAST_SAMPLES,
  revenueOfSamples,
  revenueOfStore,
  type RevenueOfHour,
  type RevenueSample,
} from '../uptime/sales/hourly-revenue.ts'
import { revenueSamples, sampledTime } from '../uptime/sales/revenue-samples.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import type { Judging } from './judged-store.ts'
import { storesAtOnce } from './whole-outages.ts'

/** So many stores tell for a group. */
const STORES_OF_GROUP = 64

export interface RevenueOptions {
  readonly judging: Judging
  /** The orders of the weeks before tell. */
  readonly endMs: number
  /** In hundredths an hour, of stores of which nothing else is known. */
  readonly average: number | undefined
  /** Which stores tell of those without orders; undefined where none do. */
  readonly group: readonly StoreLabel[] | undefined
}

type Store = Pick<StoreRules, 'storeId' | 'storeKey'>

export interface StoreRevenue {
  readonly currency: string | null
  readonly of: RevenueOfHour
}

/** Tells what stores take in each hour of the week, in the order of the stores. */
export function createRevenueReader(
  db: Db,
  { judging, endMs, average, group }: RevenueOptions,
): (stores: readonly Store[]) => Promise<StoreRevenue[]> {
  const sampled = sampledTime(endMs)
  const firstWeek = pollWeekOf(sampled.startMs)
  const lastWeek = pollWeekOf(sampled.endMs - 1)
  const { reachMs, asOfMs, corrections } = judging
  const time = knownTime(
    { startMs: sampled.startMs - reachMs, endMs: sampled.endMs + reachMs },
    Math.max(asOfMs, sampled.startMs),
  )
  const schedules = createSchedules()
  const hours = createOpenHours(time)
  let ofGroup: Promise<ReadonlyMap<string | null, RevenueOfHour>> | undefined

  /** Those that have orders. */
  async function samplesOf(stores: readonly Store[]): Promise<ReadonlyMap<number, readonly RevenueSample[]>> {
    const samples = new Map<number, readonly RevenueSample[]>()
    for (const some of chunks(stores, storesAtOnce(time))) {
      const keys = some.map(({ storeKey }) => storeKey)
      const orders = await readOrders(db, keys, firstWeek, lastWeek)
      const ids = some.flatMap(({ storeId, storeKey }) => (orders.has(storeKey) ? [storeId] : []))
      if (ids.length === 0) continue
      const facts = await readFactsOfStores(db, ids, { time, schedules, corrections })
      for (const [place, store] of facts.stores.entries()) {
        const schedule = schedules.of(store)
        const input = {
          open: hours.of(store, schedule),
          zones: hours.zonesOf(store, schedule),
          weeks: facts.pollsAt(place),
          viewpoint: judging,
          corrections: facts.correctionsAt(place),
        }
        samples.set(store.storeKey, revenueSamples(input, orders.get(store.storeKey)!, sampled))
      }
    }
    return samples
  }

  /** By currency, as amounts of another are no measure; a store of which none is said has that of the others, where they have one. */
  async function readGroup(
    labels: readonly StoreLabel[],
  ): Promise<ReadonlyMap<string | null, RevenueOfHour>> {
    const stores = await storesWithOrders(db, labels, { firstWeek, lastWeek, limit: STORES_OF_GROUP })
    const currencies = await readCurrencies(
      db,
      stores.map(({ storeKey }) => storeKey),
    )
    const byCurrency = new Map<string | null, RevenueSample[]>()
    for (const [storeKey, samples] of await samplesOf(stores)) {
      const currency = currencies.get(storeKey) ?? null
      byCurrency.set(currency, [...(byCurrency.get(currency) ?? []), ...samples])
    }
    return new Map(Array.from(byCurrency, ([currency, samples]) => [currency, revenueOfSamples(samples)]))
  }

  return async (stores) => {
    if (stores.length === 0) return []
    const samples = await samplesOf(stores)
    const said = await readRevenue(
      db,
      stores.map(({ storeKey }) => storeKey),
    )
    return Promise.all(
      stores.map(async ({ storeKey }) => {
        const own = samples.get(storeKey) ?? []
        const { currency = null, given } = said.get(storeKey) ?? {}
        const needsGroup = group !== undefined && own.length < LEAST_SAMPLES
        const known = { samples: own, given, average }
        if (!needsGroup) return { currency, of: revenueOfStore({ ...known, ofGroup: undefined }) }
        const others = await (ofGroup ??= readGroup(group))
        const [only] = others.size === 1 ? others.keys() : []
        const same = currency ?? only ?? null
        const fromGroup = others.get(same)
        return {
          currency: fromGroup === undefined ? currency : same,
          of: revenueOfStore({ ...known, ofGroup: fromGroup }),
        }
      }),
    )
  }
}
