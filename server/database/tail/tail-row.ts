import { AppError } from '../../../shared/app-error.ts'
import { POLL_WEEK_MS, offsetOf, sortWeek } from '../../uptime/poll-week.ts'
import { bytesOfWords, wordsOfBytes, type Words } from '../../uptime/words.ts'
import type { PackedWords } from '../dialect/dialect.ts'
import { isIntact, withChecksum } from '../poll-checksum.ts'
import type { StorePollWeek } from '../poll-weeks.ts'

/**
 * A row of the tail has polls of many stores in a week: of each its store's key and its word (`uptime/poll-week.ts`), in
 * ascending order of both, and a checksum. It is of the 2,048 stores of a chunk, or, where it has few polls, of any.
 */
const STORES_PER_CHUNK = 2048
export const ANY_STORES = -1

/** So many polls a chunk, and a row is worth it that is of the chunk alone. */
export const POLLS_PER_CHUNK_ROW = 512
/** Rows of so many fit into a page with others, so that of each chunk only one page is written. */
const POLLS_PER_SPLIT = 220
/** As many in rows of any stores are read by whoever reads of any store, and it does not matter. */
const FEW_SMALL_POLLS = 32_768

/** With so many polls of a week in rows of any stores, they are dealt out. */
export function mostSmallPolls(lastKey: number): number {
  return Math.max(POLLS_PER_SPLIT * (chunkOf(lastKey) + 1), FEW_SMALL_POLLS)
}

export function chunkOf(storeKey: number): number {
  return Math.floor(storeKey / STORES_PER_CHUNK)
}

/** The chunks of stores, whose keys are in ascending order. */
export function chunksOf(storeKeys: readonly number[]): number[] {
  const chunks: number[] = []
  for (const storeKey of storeKeys) if (chunkOf(storeKey) !== chunks.at(-1)) chunks.push(chunkOf(storeKey))
  return chunks
}

/** The first key of a chunk, and the last. */
export function keysOfChunk(chunk: number): readonly [first: number, last: number] {
  return [chunk * STORES_PER_CHUNK, (chunk + 1) * STORES_PER_CHUNK - 1]
}

/** Which row it is. */
export interface TailPlace {
  readonly week: number
  readonly chunk: number
}

export interface TailRow {
  readonly poll_count: number
  readonly latest_poll_at: number
  readonly polls: Uint8Array
}

/** A store's polls of a week that is known. */
export type StoreWords = Omit<StorePollWeek, 'week'>

/** The row of polls of a week, which are in ascending order of store. */
export function tailRowOf(stores: readonly StoreWords[], place: TailPlace): TailRow {
  const count = stores.reduce((sum, { words }) => sum + words.length, 0)
  const pairs = new Uint32Array(2 * count)
  let next = 0
  let latest = 0
  for (const { storeKey, words } of stores) {
    for (const word of words) {
      pairs[next++] = storeKey
      pairs[next++] = word
    }
    latest = Math.max(latest, offsetOf(words.at(-1)!))
  }
  return {
    poll_count: count,
    latest_poll_at: place.week * POLL_WEEK_MS + latest,
    polls: bytesOfWords(withChecksum(pairs, place.week, place.chunk)),
  }
}

/** Pairs of a row. Throws a `damaged` AppError where they are not as they were written. */
export function pairsOf(polls: Uint8Array, { week, chunk }: TailPlace): Words {
  const words = wordsOfBytes(polls)
  if (!isIntact(words, 0, words.length, { week, storeKey: chunk })) {
    throw new AppError(
      'damaged',
      'the database is damaged: polls that came of late are not as they were written. Put a backup in its place',
    )
  }
  return words.subarray(0, -1)
}

/**
 * The polls of rows by store, in ascending order of its key, only of `storeKeys` where they are given, which are in ascending
 * order. Of two polls at the same millisecond, that of the later row is there.
 */
export function byStore(rows: readonly Words[], storeKeys?: readonly number[]): PackedWords {
  const counts = new Map<number, number>()
  const runs = rows.flatMap((pairs) => [...(storeKeys ? runsOf(pairs, storeKeys) : allRuns(pairs))])
  for (const { storeKey, from, to } of runs) counts.set(storeKey, (counts.get(storeKey) ?? 0) + to - from)
  const keys = [...counts.keys()].sort((a, b) => a - b)
  const from = new Uint32Array(keys.length)
  const to = new Uint32Array(keys.length)
  const placeOf = new Map<number, number>()
  let total = 0
  keys.forEach((storeKey, place) => {
    placeOf.set(storeKey, place)
    from[place] = to[place] = total
    total += counts.get(storeKey)!
  })
  const words = new Uint32Array(total)
  for (const run of runs) {
    const place = placeOf.get(run.storeKey)!
    for (let i = run.from; i < run.to; i++) words[to[place]!++] = run.pairs[2 * i + 1]!
  }
  for (let place = 0; place < keys.length; place++) to[place] = sortWeek(words, from[place]!, to[place]!)
  return { storeKeys: keys, from, to, words }
}

/** Polls of a store that lie together in a row: the pairs from `from` to before `to`. */
interface Run {
  readonly storeKey: number
  readonly pairs: Words
  readonly from: number
  readonly to: number
}

function* allRuns(pairs: Words): Generator<Run> {
  for (let from = 0; from < pairs.length / 2;) {
    const storeKey = pairs[2 * from]!
    const to = endOfRun(pairs, from)
    yield { storeKey, pairs, from, to }
    from = to
  }
}

/** Passes by what is only in one of the two, as a part has few of a million stores, and a row few polls of a part. */
function* runsOf(pairs: Words, storeKeys: readonly number[]): Generator<Run> {
  const count = pairs.length / 2
  const keyOfPair = (place: number) => pairs[2 * place]!
  const keyAt = (place: number) => storeKeys[place]!
  for (let from = 0, place = 0; ;) {
    if (place === storeKeys.length) return
    from = placeFrom(from, count, keyOfPair, storeKeys[place]!)
    if (from === count) return
    const storeKey = keyOfPair(from)
    place = placeFrom(place, storeKeys.length, keyAt, storeKey)
    if (storeKeys[place] !== storeKey) continue
    const to = endOfRun(pairs, from)
    yield { storeKey, pairs, from, to }
    from = to
    place++
  }
}

function endOfRun(pairs: Words, from: number): number {
  let to = from + 1
  while (2 * to < pairs.length && pairs[2 * to] === pairs[2 * from]) to++
  return to
}

/** The first place at or behind `from` with that key or a later one: in steps that double, as it is mostly near. */
function placeFrom(from: number, count: number, keyOf: (place: number) => number, key: number): number {
  let low = from
  let step = 1
  while (low + step < count && keyOf(low + step) < key) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, count)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keyOf(middle) < key) low = middle + 1
    else high = middle
  }
  return low
}
