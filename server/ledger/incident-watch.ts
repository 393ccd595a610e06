import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { parseDuration } from '../../shared/duration.ts'
import type { StoreId } from '../../shared/ids.ts'
import { createRouting, type RoutingSetting } from '../alerts/routing.ts'
import { readAlertRules } from '../database/alert-rules.ts'
import type { Db } from '../database/connect.ts'
import {
  claimWatch,
  keepWatch,
  recordWatched,
  releaseWatch,
  type Watched,
} from '../database/incident-watch.ts'
import { readStoreIdsIn, storeCount } from '../database/store-ids.ts'
import { readDataState } from '../database/store-states.ts'
import { chunkOf, keysOfChunk, STORES_PER_CHUNK } from '../database/tail/tail-row.ts'
import type { FoundInMany } from '../incidents/feed-judge.ts'
import { lookBackMs } from '../incidents/reach-of-rules.ts'
import { incidentJudging, incidentsIn, incidentsOfSome, type IncidentsIn } from '../insight/incidents.ts'
import type { IncidentJudging, IncidentsOfStore } from '../insight/judged-incidents.ts'
import { repeatedly } from '../repeatedly.ts'
import { pollWeeksOf } from '../uptime/store-uptime.ts'
import { compared, isToCompare, withEndsOfLate, type LedgerDifference } from './compared.ts'
import { foundOfMany, foundOfStore, withEarlier } from './found-incidents.ts'
import { readLedgerRows, type LedgerRows } from './ledger-rows.ts'
import { recordDifferences } from './record-differences.ts'
import { readTouched, type Touched } from './touched.ts'

/** Looks for incidents in what has changed, and records what is to be told of them: rule 45 of docs/uptime.md. */
export interface IncidentWatch {
  /** Looks once. How many events that made; undefined where another server looks. */
  look(): Promise<number | undefined>
  /** Leaves it to another server. */
  release(): Promise<void>
}

export interface IncidentWatchParts {
  /** Best read-only, as what is read at once is read in a transaction. */
  readonly reading: Db
  readonly writing: Db
  readonly setting: RoutingSetting
  readonly now: () => number
  /** Where a greater share of the stores has changed, all are looked at: that is sooner done. */
  readonly mostTouched?: number
}

const DAY_MS = 86_400_000
/** What was over longer ago is left as it was told, whatever data comes. */
const KEPT_MS = 7 * DAY_MS
const MOST_TOUCHED = 1 / 4
const KEEP_EVERY_MS = 3000

/** What was found when all stores were looked at last. */
interface LookedAtAll {
  readonly version: number
  readonly nowMs: number
  readonly dataTimeMs: number
  readonly many: readonly FoundInMany[]
  readonly late: IncidentsIn['late']
}

interface Known {
  readonly rows: LedgerRows
  /** As of which all is known. */
  batch: number
  all: LookedAtAll | undefined
  /** Since when polls have come of which not all is known that many stores tell together. */
  fromMs: number
}

interface Look extends IncidentJudging {
  readonly version: number
  readonly batch: number
  readonly nowMs: number
  /** Whether nobody has looked by these rules yet. */
  readonly isNew: boolean
  /** Since when the rules count. */
  readonly sinceMs: number
  /** What was over before that is left as it is. */
  readonly keptFromMs: number
}

export function createIncidentWatch({
  reading,
  writing,
  setting,
  now,
  mostTouched = MOST_TOUCHED,
}: IncidentWatchParts): IncidentWatch {
  const owner = randomUUID()
  const routing = createRouting(setting)
  let known: Known | undefined

  async function look(): Promise<number | undefined> {
    const watched = await claimWatch(writing, owner)
    if (watched?.wasOurs !== true) known = undefined
    if (watched === undefined) return undefined
    const { batch, latestPollMs } = await readDataState(reading)
    if (latestPollMs === undefined) return 0
    // A look may take long. Where the claim is lost all the same, nothing is recorded in the end.
    await using _ = repeatedly(() => keepWatch(writing, owner), { everyMs: KEEP_EVERY_MS, onError() {} })
    const looked = await lookOf(batch, watched)
    // What was over before that may change again, and has been forgotten.
    if (looked.dataTimeMs < (watched.dataTimeMs ?? -Infinity)) known = undefined
    known ??= {
      rows: await readLedgerRows(reading, looked.keptFromMs - KEPT_MS),
      batch: -1,
      all: undefined,
      fromMs: -Infinity,
    }
    try {
      return await compareAll(known, looked)
    } catch (error) {
      // It may be known in part.
      known = undefined
      throw error
    }
  }

  async function lookOf(batch: number, { rules: watchedBy }: Watched): Promise<Look> {
    const { version, rules } = await readAlertRules(reading)
    const judging = await incidentJudging(reading, rules)
    const { dataTimeMs } = judging
    const isNew = watchedBy?.version !== version
    const sinceMs = isNew ? dataTimeMs : Math.min(watchedBy.sinceMs, dataTimeMs)
    const keptFromMs = Math.max(sinceMs, dataTimeMs - KEPT_MS)
    return { ...judging, version, batch, nowMs: now(), isNew, sinceMs, keptFromMs }
  }

  async function compareAll(ours: Known, looked: Look): Promise<number> {
    const touched = await touchedSince(ours, looked)
    ours.fromMs = Math.min(ours.fromMs, touched.fromMs)
    const different = (await isToLookAtAll(ours, looked, touched))
      ? await ofAll(ours, looked)
      : await ofTouched(ours, looked, touched)
    if (different.length === 0 && ours.batch === looked.batch && !looked.isNew) return 0
    const events = await record(ours, looked, different)
    ours.batch = looked.batch
    return events
  }

  async function touchedSince(ours: Known, looked: Look): Promise<Touched> {
    if (ours.all === undefined) return { chunks: [], storeKeys: new Set(), fromMs: -Infinity }
    if (ours.batch === looked.batch) return { chunks: [], storeKeys: new Set(), fromMs: Infinity }
    const time = { startMs: looked.keptFromMs - lookBackMs(looked.rules), endMs: looked.dataTimeMs + 1 }
    return readTouched(reading, ours.batch, pollWeeksOf(time))
  }

  /** Where it is the first time, time has passed, or much has changed. */
  async function isToLookAtAll(
    { all, rows, fromMs }: Known,
    looked: Look,
    { chunks, storeKeys }: Touched,
  ): Promise<boolean> {
    if (all === undefined || all.version !== looked.version) return true
    const gridMs = parseDuration(looked.rules.grid)
    if (Math.floor(looked.dataTimeMs / gridMs) > Math.floor(all.dataTimeMs / gridMs)) return true
    // What many stores tell together waits until then, and not for ever where no polls come.
    if (fromMs < Infinity && looked.nowMs - all.nowMs >= gridMs) return true
    const stores = chunks.length * STORES_PER_CHUNK + storeKeys.size
    if (stores > 0 && stores > mostTouched * (await storeCount(reading))) return true
    return stores > 0 && hasNewLate(all.late(looked.nowMs), rows)
  }

  async function ofAll(ours: Known, looked: Look): Promise<LedgerDifference[]> {
    const startMs = startOf(ours, looked)
    const inTime = incidentsIn(reading, looked, { startMs, endMs: Infinity })
    const stores: IncidentsOfStore[] = []
    const isKept = isToCompare(ours.rows, startMs)
    for await (const some of inTime.stores(undefined, [], isKept)) {
      stores.push(...some)
    }
    const found = await inTime.ofMany(looked.nowMs)
    const { version, nowMs, dataTimeMs, keptFromMs } = looked
    const before = ours.all?.version === version ? ours.all.many : []
    const many = withEarlier(before, found, { startMs: keptFromMs - KEPT_MS, endMs: startMs })
    ours.all = { version, nowMs, dataTimeMs, many, late: inTime.late }
    ours.fromMs = Infinity
    const storeKeys = new Set([...ours.rows.storeKeys(), ...stores.map(({ storeKey }) => storeKey)])
    return [
      ...differencesOf(ours, looked, { startMs, stores, storeKeys }),
      ...ofMany(ours, looked, startMs),
      ...ofLate(ours, looked, startMs),
    ]
  }

  /** What is told of many stores together is as it was when all were looked at, but for what the clock tells. */
  async function ofTouched(ours: Known, looked: Look, touched: Touched): Promise<LedgerDifference[]> {
    const startMs = Math.max(looked.keptFromMs, Math.min(ours.all!.dataTimeMs, touched.fromMs))
    const ids = await idsOf(touched)
    const stores: IncidentsOfStore[] = []
    const isKept = isToCompare(ours.rows, startMs)
    for await (const some of incidentsOfSome(reading, looked, { startMs, endMs: Infinity }, [
      ...ids.values(),
    ])) {
      stores.push(...some.filter(isKept))
    }
    const inChunks = new Set(touched.chunks)
    const storeKeys = new Set([
      ...ids.keys(),
      ...[...ours.rows.storeKeys()].filter((storeKey) => inChunks.has(chunkOf(storeKey))),
    ])
    return [...differencesOf(ours, looked, { startMs, stores, storeKeys }), ...ofLate(ours, looked, startMs)]
  }

  async function idsOf({ chunks, storeKeys }: Touched): Promise<Map<number, StoreId>> {
    const ids = await readStoreIdsIn(reading, [...storeKeys])
    for (const chunk of chunks) {
      const [first, last] = keysOfChunk(chunk)
      for (const [key, id] of await readStoreIdsIn(reading, { first, last })) ids.set(key, id)
    }
    return ids
  }

  function differencesOf(
    ours: Known,
    looked: Look,
    {
      startMs,
      stores,
      storeKeys,
    }: {
      readonly startMs: number
      readonly stores: readonly IncidentsOfStore[]
      readonly storeKeys: ReadonlySet<number>
    },
  ): LedgerDifference[] {
    // Most groups have nothing that holds back anything.
    const many = ours.all!.many.filter(({ incidents }) => incidents.length > 0)
    const found = new Map(stores.map((store) => [store.storeKey, foundOfStore(store, many, looked.rules)]))
    return [...storeKeys].flatMap((storeKey) =>
      found.has(storeKey) || ours.rows.hasStore(storeKey)
        ? compared(ours.rows.ofStore(storeKey), found.get(storeKey) ?? [], { ...looked, startMs })
        : [],
    )
  }

  function ofMany(ours: Known, looked: Look, startMs: number): LedgerDifference[] {
    const { rules } = looked.rules
    const many = ours.all!.many.filter(({ place }) => rules[place]!.condition !== 'late')
    const rows = ours.rows.ofMany().filter(({ condition }) => condition !== 'late')
    return compared(rows, foundOfMany(many, looked.rules), { ...looked, startMs })
  }

  function ofLate(ours: Known, looked: Look, startMs: number): LedgerDifference[] {
    const rows = ours.rows.ofMany().filter(({ condition, told }) => condition === 'late' && told === 'open')
    const found = foundOfMany(ours.all!.late(looked.nowMs), looked.rules)
    return compared(rows, withEndsOfLate(rows, found, looked.nowMs), { ...looked, startMs })
  }

  async function record(ours: Known, looked: Look, different: readonly LedgerDifference[]): Promise<number> {
    const { rules, version, dataTimeMs, sinceMs, nowMs } = looked
    const recorded = await writing.transaction().execute(async (tx) => {
      if (!(await recordWatched(tx, owner, { version, sinceMs, dataTimeMs, nowMs }))) throw isTaken()
      return recordDifferences(tx, different, { rules, version, dataTimeMs, nowMs, routing })
    })
    for (const row of recorded.rows) ours.rows.put(row)
    ours.rows.forgetBefore(looked.keptFromMs - KEPT_MS)
    return recorded.events.length
  }

  return {
    look,
    async release() {
      known = undefined
      await releaseWatch(writing, owner)
    },
  }
}

/** From when on something may be otherwise than it was. */
function startOf({ all, fromMs }: Known, { version, keptFromMs }: Look): number {
  const isAnew = all === undefined || all.version !== version
  return isAnew ? keptFromMs : Math.max(keptFromMs, Math.min(all.dataTimeMs, fromMs))
}

/** Whether a feed seems to be late that was not: of all stores it is known as of the last look at all of them. */
function hasNewLate(late: readonly FoundInMany[], rows: LedgerRows): boolean {
  const isOpen = rows.ofMany().filter(({ condition, told }) => condition === 'late' && told === 'open')
  return late.filter(({ incidents }) => incidents.length > 0).length > isOpen.length
}

function isTaken(): AppError {
  return new AppError('unavailable', 'another server looks for incidents by now')
}
