import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Interval } from '../uptime/interval.ts'
import { placeOfOffset, POLL_WEEK_MS, type PollWords } from '../uptime/poll-week.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import type { PartStores, StoreRules } from './dialect/dialect.ts'
import { hasPollsOf } from './going-polls.ts'
import { hasLabels, isLabelled } from './labelled.ts'
import { weeksWithPolls } from './poll-week-summary.ts'
import { readPollWeeks } from './read-polls.ts'
import { readStoreRules } from './report-input.ts'
import { firstStoresOfParts } from './report-plan.ts'
import { storeCount } from './store-ids.ts'
import { keyOfStore } from './stores.ts'

/** Which polls are meant: all where nothing is said. */
export interface WantedPolls {
  readonly storeId?: StoreId | undefined
  readonly labels?: readonly StoreLabel[] | undefined
  /** The first instant whose polls are meant, and the first whose are not any more, in epoch milliseconds. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Stores that are read at once: one, or some that follow each other in id. */
export type WantedStores = { readonly storeId: StoreId } | PartStores

/** A store's polls of a week. */
export interface StoreWeek {
  readonly storeId: StoreId
  readonly week: number
  readonly words: PollWords
}

const MOST_STORES_AT_ONCE = 2048

/**
 * Deals the stores whose polls are meant into parts of about as many polls each, in order of id. Throws a `not-found` AppError
 * for a store that is not there.
 */
export async function planWantedPolls(
  db: Db,
  wanted: WantedPolls,
  pollsAtOnce: number,
): Promise<WantedStores[]> {
  const { storeId, labels = [] } = wanted
  if (storeId !== undefined) {
    await keyOfStore(db, storeId)
    return (await isLabelled(db, storeId, labels)) ? [{ storeId }] : []
  }
  const storesAtOnce = await storesThatHave(db, pollsAtOnce, wanted)
  if (storesAtOnce === 0) return []
  const firsts = await firstStoresOfParts(db, storesAtOnce, labels)
  return firsts.map((first, part) => ({
    // A store that is added meanwhile belongs to some part, too.
    firstStoreId: part === 0 ? ('' as StoreId) : first,
    nextStoreId: firsts[part + 1] ?? null,
    labels,
  }))
}

/** About how many stores have so many of the polls that are meant; 0 where there are none. */
async function storesThatHave(db: Db, polls: number, wanted: WantedPolls): Promise<number> {
  const weeks = await weeksOf(db, wanted)
  if (weeks.length === 0) return 0
  const counted = await db
    .selectFrom('poll_week_summary')
    .select((eb) => eb.fn.sum('poll_count').as('polls'))
    .where('week', '>=', weeks[0]!)
    .where('week', '<=', weeks.at(-1)!)
    .executeTakeFirstOrThrow()
  const perStore = Number(counted.polls) / Math.max(1, await storeCount(db))
  return Math.min(MOST_STORES_AT_ONCE, Math.max(1, Math.round(polls / perStore)))
}

/** The polls that are meant of stores, by store and week, as of one moment. */
export async function readWantedPolls(db: Db, of: WantedStores, wanted: WantedPolls): Promise<StoreWeek[]> {
  return db.transaction().execute(async (tx) => {
    const stores =
      'storeId' in of
        ? await nextStores(tx, { ...wanted, storeId: of.storeId }, undefined, 1)
        : await readStoreRules(tx, of)
    return readWeeks(tx, stores, await weeksOf(tx, wanted), wanted)
  })
}

/** Where a page of polls begins: behind the poll of a store, or with the first that is meant. */
export type PollPlace = { readonly storeId: StoreId; readonly atMs: number } | undefined

const FEW_WEEKS = 4

/** The first polls that are meant behind a place: at least so many, unless there are fewer. */
export async function readNextPolls(
  db: Db,
  wanted: WantedPolls,
  after: PollPlace,
  polls: number,
): Promise<StoreWeek[]> {
  const read: StoreWeek[] = []
  let left = polls
  const take = (found: readonly StoreWeek[]) => {
    read.push(...found)
    left -= found.reduce((sum, { words }) => sum + words.length, 0)
  }
  if (wanted.storeId !== undefined) await keyOfStore(db, wanted.storeId)
  await db.transaction().execute(async (tx) => {
    const atOnce = wanted.storeId === undefined ? await storesThatHave(tx, polls, wanted) : 1
    if (after !== undefined) {
      const rest = {
        ...wanted,
        storeId: after.storeId,
        from: Math.max(wanted.from ?? -Infinity, after.atMs + 1),
      }
      await readByWeeks(tx, await nextStores(tx, rest, undefined, 1), rest)
    }
    for (let last = after?.storeId; left > 0 && atOnce > 0;) {
      const stores = await nextStores(tx, wanted, last, atOnce)
      if (stores.length === 0) return
      last = stores.at(-1)!.storeId
      await readByWeeks(tx, stores, wanted)
    }
  })
  return read

  /** Of one store some weeks at a time, as it may have many polls. */
  async function readByWeeks(tx: Db, stores: readonly StoreKey[], time: WantedPolls): Promise<void> {
    const weeks = await weeksOf(tx, time)
    for (const some of chunks(weeks, stores.length === 1 ? FEW_WEEKS : Infinity)) {
      if (left <= 0) return
      take(await readWeeks(tx, stores, some, time))
    }
  }
}

type StoreKey = Pick<StoreRules, 'storeKey' | 'storeId'>

/** The first stores whose polls are meant behind one, in order of id. */
async function nextStores(
  db: Db,
  { storeId, labels = [] }: WantedPolls,
  after: StoreId | undefined,
  limit: number,
): Promise<StoreKey[]> {
  return db
    .selectFrom('store')
    .select(['store_key as storeKey', 'store_id as storeId'])
    .$if(after !== undefined, (query) => query.where('store_id', '>', after!))
    .$if(storeId !== undefined, (query) => query.where('store_id', '=', storeId!))
    .$if(labels.length > 0, (query) => query.where(hasLabels(labels)))
    .orderBy('store_id')
    .limit(limit)
    .execute()
}

async function weeksOf(db: Db, wanted: WantedPolls): Promise<number[]> {
  const time = timeOf(wanted)
  return (await weeksWithPolls(db)).filter((week) => hasPollsOf(week, time))
}

function timeOf({ from = -Infinity, to = Infinity }: WantedPolls): Interval {
  return { startMs: from, endMs: to }
}

async function readWeeks(
  tx: Db,
  stores: readonly StoreKey[],
  weeks: readonly number[],
  wanted: WantedPolls,
): Promise<StoreWeek[]> {
  const { startMs, endMs } = timeOf(wanted)
  const storeKeys = Float64Array.from(stores, ({ storeKey }) => storeKey).sort()
  const read = await readPollWeeks(tx, weeks, [...storeKeys])
  const places = read.map((polls) => new Map(polls.storeKeys.map((storeKey, place) => [storeKey, place])))
  return stores.flatMap(({ storeKey, storeId }) =>
    read.flatMap(({ week, words, from, to }, i) => {
      const place = places[i]!.get(storeKey)
      if (place === undefined) return []
      const all = words.subarray(from[place], to[place])
      const weekMs = week * POLL_WEEK_MS
      const meant = all.subarray(placeOfOffset(all, startMs - weekMs), placeOfOffset(all, endMs - weekMs))
      return meant.length === 0 ? [] : { storeId, week, words: meant }
    }),
  )
}
