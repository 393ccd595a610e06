import { ascending } from '../database/ascending.ts'
import type { Db } from '../database/connect.ts'
import { storeCount } from '../database/store-ids.ts'
import { chunkOf, keysOfChunk, STORES_PER_CHUNK } from '../database/tail/tail-row.ts'
import type { FoundInMany } from '../incidents/feed-judge.ts'
import { mutesOf } from '../incidents/mutes.ts'
import { latePollReachMs } from '../incidents/reach-of-rules.ts'
import { isHeldBack } from '../incidents/to-tell.ts'
import { incidentsIn, incidentsOfSome, isCertain } from '../insight/incidents.ts'
import type { IncidentsOfStore } from '../insight/judged-incidents.ts'
import { createKeptHours } from '../insight/store-hours.ts'
import { pollWeeksOf } from '../uptime/store-uptime.ts'
import { compared, isToCompare, withEndsOfLate, type LedgerDifference } from './compared.ts'
import { foundOfMany, foundOfStore, withEarlier } from './found-incidents.ts'
import { hasNewLate, isToLookAgain, KEPT_MS, startOf, type Known, type Look } from './known.ts'
import { neededFromMs } from './needed-from.ts'
import { readTouched, type Touched } from './touched.ts'

/** Finds what is otherwise in what has changed than the ledger has it, and knows by then as of when all is known but the ledger's rows. */
export type FoundDifferences = (ours: Known, looked: Look) => Promise<LedgerDifference[]>

interface StoresFound {
  readonly startMs: number
  readonly stores: readonly IncidentsOfStore[]
  /** Those and others, of which nothing was found. */
  readonly storeKeys: ReadonlySet<number>
}

/** Where a greater share of the stores than `mostTouched` has changed, all are looked at. */
export function createFoundDifferences(db: Db, mostTouched: number): FoundDifferences {
  const hoursIn = createKeptHours()

  async function foundDifferences(ours: Known, looked: Look): Promise<LedgerDifference[]> {
    const touched = await touchedSince(ours, looked)
    ours.fromMs = Math.min(ours.fromMs, touched.fromMs)
    return (await isToLookAtAll(ours, looked, touched))
      ? ofAll(ours, looked)
      : ofTouched(ours, looked, touched)
  }

  async function touchedSince(ours: Known, looked: Look): Promise<Touched> {
    if (ours.all === undefined) return { chunks: [], storeKeys: new Set(), fromMs: -Infinity }
    if (ours.batch === looked.batch) return { chunks: [], storeKeys: new Set(), fromMs: Infinity }
    const time = { startMs: looked.keptFromMs - latePollReachMs(looked.rules), endMs: looked.dataTimeMs + 1 }
    return readTouched(db, ours.batch, pollWeeksOf(time))
  }

  async function isToLookAtAll(ours: Known, looked: Look, { chunks, storeKeys }: Touched): Promise<boolean> {
    if (isToLookAgain(ours, looked)) return true
    const stores = chunks.length * STORES_PER_CHUNK + storeKeys.size
    if (stores > 0 && stores > mostTouched * (await storeCount(db))) return true
    return stores > 0 && hasNewLate(ours, looked.nowMs)
  }

  async function ofAll(ours: Known, looked: Look): Promise<LedgerDifference[]> {
    const { version, nowMs, dataTimeMs, keptFromMs } = looked
    const startMs = startOf(ours, looked)
    const inTime = incidentsIn(db, looked, { startMs, endMs: Infinity }, hoursIn)
    const isKept = isToCompare(ours, startMs)
    const kept: IncidentsOfStore[] = []
    for await (const some of inTime.stores(undefined, [], isKept)) kept.push(...some)
    const ofMany = ours.rows.ofMany().filter(({ condition }) => condition !== 'late')
    const found = await inTime.ofMany(nowMs, neededFromMs(startMs, ofMany, []))
    const before = ours.all?.version === version ? ours.all.many : []
    const many = withEarlier(before, found, keptFromMs - KEPT_MS)
    ours.all = { version, nowMs, dataTimeMs, many, late: inTime.late }
    ours.fromMs = Infinity
    const stores = await asFarBackAsNeeded(ours, looked, startMs, kept)
    const storeKeys = new Set([...ours.rows.storeKeys(), ...stores.map(({ storeKey }) => storeKey)])
    return [
      ...differencesOf(ours, looked, { startMs, stores, storeKeys }),
      ...differencesOfMany(ours, looked, startMs),
      ...differencesOfLate(ours, looked, startMs),
    ]
  }

  /** What is told of many stores together is as it was when all were looked at, but for what the clock tells. */
  async function ofTouched(ours: Known, looked: Look, touched: Touched): Promise<LedgerDifference[]> {
    const startMs = Math.max(looked.keptFromMs, Math.min(ours.all!.dataTimeMs, touched.fromMs))
    const isKept = isToCompare(ours, startMs)
    const kept: IncidentsOfStore[] = []
    for await (const some of foundSince(looked, startMs, keysOf(touched))) kept.push(...some.filter(isKept))
    const stores = await asFarBackAsNeeded(ours, looked, startMs, kept)
    const inChunks = new Set(touched.chunks)
    const isTouched = (key: number) => touched.storeKeys.has(key) || inChunks.has(chunkOf(key))
    const storeKeys = new Set([
      ...stores.map(({ storeKey }) => storeKey),
      ...[...ours.rows.storeKeys(), ...ours.heldBack].filter(isTouched),
    ])
    return [
      ...differencesOf(ours, looked, { startMs, stores, storeKeys }),
      ...differencesOfLate(ours, looked, startMs),
    ]
  }

  function foundSince(looked: Look, startMs: number, storeKeys: readonly number[]) {
    return incidentsOfSome(db, looked, { startMs, endMs: Infinity }, storeKeys, hoursIn)
  }

  /** What was found of stores; of those of which that is not enough to compare them it is found once more. */
  async function asFarBackAsNeeded(
    ours: Known,
    looked: Look,
    startMs: number,
    stores: readonly IncidentsOfStore[],
  ): Promise<IncidentsOfStore[]> {
    const many = openOnce(ours.all!.many)
    const found = new Map(stores.map((store) => [store.storeKey, store]))
    const neededOf = (store: IncidentsOfStore) => {
      const mutes = mutesOf(store, many, looked.rules)
      const ofAny = [...mutes('down'), ...mutes('no-data')]
      return neededFromMs(startMs, ours.rows.ofStore(store.storeKey), ofAny)
    }
    for (let left = stores; left.length > 0;) {
      const needed = left
        .map((store) => ({ store, fromMs: neededOf(store) }))
        .filter(({ store, fromMs }) => !isCertain(store.found, { startMs: fromMs }))
      const fromMs = needed.reduce((least, one) => Math.min(least, one.fromMs), Infinity)
      const further: IncidentsOfStore[] = []
      const keys = needed.map(({ store }) => store.storeKey)
      for await (const some of foundSince(looked, fromMs, keys)) further.push(...some)
      for (const store of further) found.set(store.storeKey, store)
      left = further
    }
    return [...found.values()]
  }

  return foundDifferences
}

/** In ascending order; of chunks all that there may be. */
function keysOf({ chunks, storeKeys }: Touched): readonly number[] {
  const inChunks = chunks.flatMap((chunk) => {
    const [first] = keysOfChunk(chunk)
    return Array.from({ length: STORES_PER_CHUNK }, (_, i) => first + i)
  })
  return ascending([...inChunks, ...storeKeys])
}

function differencesOf(
  ours: Known,
  looked: Look,
  { startMs, stores, storeKeys }: StoresFound,
): LedgerDifference[] {
  const many = openOnce(ours.all!.many)
  const found = new Map(stores.map((store) => [store.storeKey, foundOfStore(store, many, looked.rules)]))
  return [...storeKeys].flatMap((storeKey) => {
    const ofStore = found.get(storeKey) ?? []
    if (ofStore.some((one) => one.found.some(isHeldBack))) ours.heldBack.add(storeKey)
    else ours.heldBack.delete(storeKey)
    return compared(ours.rows.ofStore(storeKey), ofStore, { ...looked, startMs })
  })
}

function differencesOfMany(ours: Known, looked: Look, startMs: number): LedgerDifference[] {
  const { rules } = looked.rules
  const many = ours.all!.many.filter(({ place }) => rules[place]!.condition !== 'late')
  const rows = ours.rows.ofMany().filter(({ condition }) => condition !== 'late')
  return compared(rows, foundOfMany(many, looked.rules), { ...looked, startMs })
}

function differencesOfLate(ours: Known, looked: Look, startMs: number): LedgerDifference[] {
  const rows = ours.rows.ofMany().filter(({ condition, told }) => condition === 'late' && told === 'open')
  const found = foundOfMany(ours.all!.late(looked.nowMs), looked.rules)
  return compared(rows, withEndsOfLate(rows, found, looked.nowMs), { ...looked, startMs })
}

/** Most groups have nothing that holds back anything. */
function openOnce(many: readonly FoundInMany[]): FoundInMany[] {
  return many.filter(({ incidents }) => incidents.length > 0)
}
