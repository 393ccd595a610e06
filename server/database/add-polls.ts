import {
  changedWords,
  mergedWeek,
  offsetOf,
  POLL_WEEK_MS,
  type MergedWeek,
  type PollWords,
} from '../uptime/poll-week.ts'
import { bothChanged, nothingChanged, type Changed } from './changed.ts'
import { chunks } from './chunks.ts'
import { dialectOf } from './dialect/dialect.ts'
import { createTouchedStores } from './kept-weeks.ts'
import { addToPollWeekSummary, hasPollsOfWeek } from './poll-week-summary.ts'
import { pollRowsOf, readStoredWeeks, type PollsOfWeek, type StorePollWeek } from './poll-weeks.ts'
import { readPollWeeks } from './read-polls.ts'
import { markChunks } from './store-states.ts'
import { foldTail } from './tail/fold-tail.ts'
import { createLatestPolls, type LatestPolls } from './tail/latest-polls.ts'
import { insertRow } from './tail/put-rows.ts'
import { splitTail } from './tail/split-tail.ts'
import { ANY_STORES, chunkOf, chunksOf, POLLS_PER_CHUNK_ROW } from './tail/tail-row.ts'
import { pauseIn, type WriteTx } from './write-alone.ts'

/** So many polls a store and week are as soon written to their weeks as to the tail and from there to their weeks. */
const DENSE_POLLS = 12

/**
 * Adds polls to those that there are, which give way at the same millisecond: many of a store and week to the week, few to
 * the tail. Returns what was new or said something else, and tells `onChanged` which polls of each store and week. `added` is
 * in ascending order of week, then store, and has each pair once. `densePolls` of a store and week go to the week.
 */
export async function addPolls(
  tx: WriteTx,
  added: readonly StorePollWeek[],
  latest: LatestPolls = createLatestPolls(),
  onChanged?: (changed: StorePollWeek) => void,
  densePolls = DENSE_POLLS,
): Promise<Changed> {
  const batch = await latest.begin(tx)
  const stores = new Set<number>()
  let changed = nothingChanged
  for (let start = 0, end = 0; start < added.length; start = end) {
    const { week } = added[start]!
    while (end < added.length && added[end]!.week === week) end++
    const ofWeek = added.slice(start, end)
    const polls = ofWeek.reduce((sum, { words }) => sum + words.length, 0)
    const place =
      polls >= densePolls * ofWeek.length ? inWeek(tx, week, batch) : inTail(tx, { week, batch, latest })
    changed = bothChanged(changed, await addToWeek(tx, ofWeek, { week, place, stores, latest, onChanged }))
  }
  return { ...changed, storeKeys: [...stores] }
}

/** Where polls of a week are put. */
interface Place {
  /** Called before all else. */
  begin(storeKeys: readonly number[]): Promise<void>
  /** As much of what there is of stores as matters, by store. */
  older(stores: readonly StorePollWeek[]): Promise<ReadonlyMap<number, PollWords>>
  put(stores: readonly AddedPolls[]): Promise<void>
  end(): Promise<void>
}

interface AddedPolls {
  readonly storeKey: number
  /** What was added, all that mattered of what there was, and both together. */
  readonly added: PollWords
  readonly older: PollWords | undefined
  readonly words: PollWords
}

/** `stores` are those that were changed. */
async function addToWeek(
  tx: WriteTx,
  added: readonly StorePollWeek[],
  how: {
    readonly week: number
    readonly place: Place
    readonly stores: Set<number>
    readonly latest: LatestPolls
    readonly onChanged: ((changed: StorePollWeek) => void) | undefined
  },
): Promise<Changed> {
  const { week, place, stores, latest, onChanged } = how
  const startMs = week * POLL_WEEK_MS
  let changedPolls = 0
  let newPolls = 0
  let firstOffset = Infinity
  let lastOffset = 0
  const touched = createTouchedStores()
  await place.begin(added.map(({ storeKey }) => storeKey))
  for (const chunk of chunks(added, dialectOf(tx).pollRowsAtOnce)) {
    await pauseIn(tx)
    const olderOf = await place.older(chunk)
    const put: AddedPolls[] = []
    for (const { storeKey, words: ofStore } of chunk) {
      const older = olderOf.get(storeKey)
      const merged = older === undefined ? newWeek(ofStore) : mergedWeek(older, ofStore)
      const { words, changed, first, last } = merged
      if (first === undefined || last === undefined) continue
      stores.add(storeKey)
      firstOffset = Math.min(firstOffset, offsetOf(first))
      lastOffset = Math.max(lastOffset, offsetOf(last))
      touched.add(storeKey, {
        startMs: startMs + offsetOf(first),
        endMs: startMs + offsetOf(last) + 1,
      })
      latest.raise(storeKey, startMs + offsetOf(last))
      changedPolls += changed
      newPolls += words.length - (older?.length ?? 0)
      onChanged?.({ week, storeKey, words: wordsThatChange(older, ofStore) })
      put.push({ storeKey, added: ofStore, older, words })
    }
    if (put.length > 0) await place.put(put)
  }
  await place.end()
  if (changedPolls === 0) return nothingChanged
  const [firstPollMs, lastPollMs] = [startMs + firstOffset, startMs + lastOffset]
  await addToPollWeekSummary(tx, { week, newPolls, latestPollAt: lastPollMs })
  await touched.forget(tx, 'numbered')
  return { rows: changedPolls, storeKeys: [], firstPollMs, lastPollMs }
}

function wordsThatChange(older: PollWords | undefined, added: PollWords): PollWords {
  return older === undefined ? added : changedWords(older, added)
}

function newWeek(words: PollWords): MergedWeek {
  return { words, changed: words.length, first: words[0], last: words.at(-1) }
}

function inWeek(tx: WriteTx, week: number, batch: number): Place {
  let isNewWeek = false
  const written: number[] = []
  return {
    async begin(storeKeys) {
      isNewWeek = !(await hasPollsOfWeek(tx, week))
      if (!isNewWeek) await foldTail(tx, week, chunksOf(storeKeys))
    },
    async older(stores) {
      if (isNewWeek) return new Map()
      const [polls] = await readStoredWeeks(tx, [week], keysOf(stores))
      return wordsByStore(polls!)
    },
    async put(stores) {
      const rows = pollRowsOf(stores.map(({ storeKey, words }) => ({ week, storeKey, words })))
      await dialectOf(tx).writePacked(tx, 'poll_week', rows, isNewWeek)
      for (const { storeKey } of stores) written.push(storeKey)
    },
    end: () => markChunks(tx, chunksOf(written), batch),
  }
}

function inTail(
  tx: WriteTx,
  { week, batch, latest }: { readonly week: number; readonly batch: number; readonly latest: LatestPolls },
): Place {
  const changed: { readonly storeKey: number; readonly words: PollWords }[] = []
  return {
    begin: () => Promise.resolve(),
    async older(stores) {
      const perhapsKnown = stores.filter(
        ({ storeKey, words }) => week * POLL_WEEK_MS + offsetOf(words[0]!) <= latest.of(storeKey),
      )
      if (perhapsKnown.length === 0) return new Map()
      const [polls] = await readPollWeeks(tx, [week], keysOf(perhapsKnown))
      return wordsByStore(polls!)
    },
    put(stores) {
      for (const { storeKey, added, older } of stores) {
        changed.push({ storeKey, words: wordsThatChange(older, added) })
      }
      return Promise.resolve()
    },
    async end() {
      if (changed.length === 0) return
      const byChunk = Map.groupBy(changed, ({ storeKey }) => chunkOf(storeKey))
      const polls = changed.reduce((sum, { words }) => sum + words.length, 0)
      const isOfChunks = polls >= POLLS_PER_CHUNK_ROW * byChunk.size
      // A row of a chunk is to be later than all that there are of any stores.
      if (isOfChunks) await splitTail(tx, week)
      for (const [chunk, stores] of isOfChunks ? byChunk : [[ANY_STORES, changed] as const]) {
        await insertRow(tx, { week, chunk }, batch, stores)
      }
    },
  }
}

function keysOf(stores: readonly StorePollWeek[]): number[] {
  return stores.map(({ storeKey }) => storeKey)
}

function wordsByStore({ storeKeys, from, to, words }: PollsOfWeek): Map<number, PollWords> {
  return new Map(storeKeys.map((storeKey, i) => [storeKey, words.subarray(from[i], to[i])]))
}
