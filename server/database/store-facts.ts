import type { CorrectionUse } from '../../shared/correction-kind.ts'
import type { StoreId } from '../../shared/ids.ts'
import { correctionsOf, type Corrections } from '../uptime/corrections.ts'
import type { Interval } from '../uptime/interval.ts'
import { offsetOf, type PollWeek, type PollWords } from '../uptime/poll-week.ts'
import { pollWeeksOf } from '../uptime/store-uptime.ts'
import { ascending } from './ascending.ts'
import type { Db } from './connect.ts'
import type { PackedWords } from './dialect/dialect.ts'
import { readCorrections } from './corrections.ts'
import type { Schedules } from './judged-schedules.ts'
import { readStoredAndTail } from './read-polls.ts'
import {
  readRulesByKey,
  readRulesOfStores,
  readStoreRules,
  readStoreWithPolls,
  type PartStores,
  type StoreRules,
} from './report-input.ts'
import { NoSuchStore } from './stores.ts'
import { withTail } from './tail/read-tail.ts'

/** Which facts are wanted. */
export interface FactsWanted {
  /** The instants that can matter. */
  readonly time: Interval
  /** Where the stores' schedules are kept, or what is of them. */
  readonly schedules: Pick<Schedules, 'load'>
  readonly corrections: CorrectionUse
}

/** All that decides a store but its schedule, which is in `schedules` then. */
export interface StoreFacts {
  readonly store: StoreRules
  readonly polls: readonly PollWeek[]
  readonly corrections: Corrections | undefined
}

/** Throws a `not-found` AppError where there is no such store. */
export async function readStoreFacts(
  db: Db,
  storeId: StoreId,
  { time, schedules, corrections }: FactsWanted,
): Promise<StoreFacts> {
  return db.transaction().execute(async (tx) => {
    const found = await readStoreWithPolls(tx, storeId, pollWeeksOf(time))
    if (found === undefined) throw new NoSuchStore(storeId)
    const { store, polls, hasCorrections } = found
    await schedules.load(tx, [store])
    const corrected =
      corrections === 'applied' && hasCorrections
        ? await readCorrections(tx, [store.storeKey], time)
        : undefined
    return { store, polls, corrections: correctionsOf(corrected?.get(store.storeKey) ?? []) }
  })
}

/** The facts of a part's stores, by the place of a store among them, which are in ascending order of id. */
export interface PartFacts {
  readonly stores: readonly StoreRules[]
  pollsAt(place: number): PollWeek[]
  /** Which have corrections, in ascending order. */
  readonly correctedPlaces: readonly number[]
  correctionsAt(place: number): Corrections | undefined
}

/** In one transaction, so that an import that commits meanwhile is seen whole or not at all. */
export async function readPartFacts(db: Db, part: PartStores, wanted: FactsWanted): Promise<PartFacts> {
  return db.transaction().execute(async (tx) => {
    return factsOf(tx, await readStoreRules(tx, part), wanted)
  })
}

/** The facts of a few stores, in the order of their ids. Throws a `not-found` AppError where one of them is not there. */
export async function readFactsOfStores(
  db: Db,
  storeIds: readonly StoreId[],
  wanted: FactsWanted,
): Promise<PartFacts> {
  return db.transaction().execute(async (tx) => {
    return factsOf(tx, await readRulesOfStores(tx, storeIds), wanted)
  })
}

/** The facts of those of some stores that are there, in ascending order of their keys. */
export async function readFactsByKey(
  db: Db,
  storeKeys: readonly number[],
  wanted: FactsWanted,
): Promise<PartFacts> {
  return db.transaction().execute(async (tx) => {
    const stores = await readRulesByKey(tx, storeKeys)
    return factsOf(
      tx,
      ascending([...stores.keys()]).map((storeKey) => stores.get(storeKey)!),
      wanted,
    )
  })
}

async function factsOf(
  tx: Db,
  stores: readonly StoreRules[],
  { time, schedules, corrections }: FactsWanted,
): Promise<PartFacts> {
  await schedules.load(tx, stores)
  const storeKeys = stores.map(({ storeKey }) => storeKey)
  const corrected = corrections === 'applied' ? await readCorrections(tx, storeKeys, time) : undefined
  const placeOf = placesOf(stores)
  return {
    stores,
    pollsAt: await readPollsAt(tx, stores, time, placeOf),
    correctedPlaces: Array.from(corrected?.keys() ?? [], (storeKey) => placeOf.get(storeKey) ?? -1)
      .filter((place) => place >= 0)
      .sort((a, b) => a - b),
    correctionsAt(place) {
      if (!corrected?.size) return undefined
      const ofStore = corrected.get(stores[place]!.storeKey)
      return ofStore && correctionsOf(ofStore)
    },
  }
}

/** The polls of some stores, by the place of a store among them. */
export async function readPollsAt(
  db: Db,
  stores: readonly StoreRules[],
  time: Interval,
  placeOf = placesOf(stores),
): Promise<PartFacts['pollsAt']> {
  const weeks = await readWeeks(db, placeOf, time)
  return (place) =>
    weeks.map(({ week, words, from, to }) => ({ week, words, from: from[place]!, to: to[place]! }))
}

/**
 * The polls of a week of a part's stores, or some of them, those before being earlier: those of the store at a place are the
 * words from `from` to before `to` there.
 */
interface PartWeek {
  readonly week: number
  readonly words: PollWords
  readonly from: Uint32Array
  readonly to: Uint32Array
}

type Places = ReadonlyMap<number, number>

/** The places of stores, by their keys. */
function placesOf(stores: readonly StoreRules[]): Places {
  const places = new Map<number, number>()
  stores.forEach(({ storeKey }, place) => places.set(storeKey, place))
  return places
}

async function readWeeks(db: Db, placeOf: Places, time: Interval): Promise<PartWeek[]> {
  const storeKeys = ascending([...placeOf.keys()])
  const weeks = pollWeeksOf(time)
  const { tail, stored } = await readStoredAndTail(db, weeks, storeKeys)
  return stored.flatMap((polls) => {
    const { week } = polls
    const ofTail = tail.get(week)
    const older = byPlace(week, polls, placeOf)
    if (ofTail === undefined || ofTail.storeKeys.length === 0) return [older]
    const newer = byPlace(week, ofTail, placeOf)
    // What came of late is mostly later, too: it need not be merged then.
    const isLater = newer.from.every(
      (from, place) =>
        from === newer.to[place]! ||
        older.from[place] === older.to[place] ||
        offsetOf(older.words[older.to[place]! - 1]!) < offsetOf(newer.words[from]!),
    )
    return isLater ? [older, newer] : [byPlace(week, withTail(polls, ofTail), placeOf)]
  })
}

function byPlace(week: number, polls: PackedWords, placeOf: Places): PartWeek {
  const from = new Uint32Array(placeOf.size)
  const to = new Uint32Array(placeOf.size)
  polls.storeKeys.forEach((storeKey, i) => {
    const place = placeOf.get(storeKey)
    if (place === undefined) return
    from[place] = polls.from[i]!
    to[place] = polls.to[i]!
  })
  return { week, words: polls.words, from, to }
}
