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
/** As many in rows of any stores are read by whoever reads of any store, and it does not matter. */
const FEW_SMALL_POLLS = 32_768

/** With so many polls of a week in rows of any stores, they are dealt out. */
export function mostSmallPolls(lastKey: number): number {
  return Math.max(POLLS_PER_CHUNK_ROW * (chunkOf(lastKey) + 1), FEW_SMALL_POLLS)
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
export function byStore(rows: readonly Words[], storeKeys: readonly number[] = keysIn(rows)): PackedWords {
  const found = rows.map((pairs) => findPolls(pairs, storeKeys))
  const to = new Uint32Array(storeKeys.length)
  for (const { places, count } of found) for (let i = 0; i < count; i++) to[places[i]!]!++
  let total = 0
  for (let place = 0; place < to.length; place++) {
    const count = to[place]!
    to[place] = total
    total += count
  }
  const from = to.slice()
  const words = new Uint32Array(total)
  for (const { places, words: ofRow, count } of found) {
    for (let i = 0; i < count; i++) words[to[places[i]!]!++] = ofRow[i]!
  }
  const withPolls = Array.from(storeKeys.keys()).filter((place) => to[place]! > from[place]!)
  return {
    storeKeys: withPolls.map((place) => storeKeys[place]!),
    from: Uint32Array.from(withPolls, (place) => from[place]!),
    to: Uint32Array.from(withPolls, (place) => sortWeek(words, from[place]!, to[place]!)),
    words,
  }
}

/** The keys that there are, in ascending order. */
function keysIn(rows: readonly Words[]): readonly number[] {
  const all = new Uint32Array(rows.reduce((sum, pairs) => sum + pairs.length / 2, 0))
  let next = 0
  for (const pairs of rows) for (let i = 0; i < pairs.length; i += 2) all[next++] = pairs[i]!
  return Array.from(all.sort().filter((key, i) => i === 0 || key !== all[i - 1]))
}

/** The polls of a row of some stores: of each the place of its store among them, and its word. */
interface FoundPolls {
  readonly places: Uint32Array
  readonly words: Uint32Array
  readonly count: number
}

/**
 * Finds the polls of the stores. Passes by what is only in one of the two, as a part has few of a million stores, and a row few
 * polls of a part.
 */
function findPolls(pairs: Words, storeKeys: readonly number[]): FoundPolls {
  const pairCount = pairs.length / 2
  const keyOfPair = (at: number) => pairs[2 * at]!
  const keyAt = (place: number) => storeKeys[place]!
  let at = storeKeys.length === 0 ? pairCount : placeFrom(0, pairCount, keyOfPair, storeKeys[0]!)
  const places = new Uint32Array(pairCount - at)
  const words = new Uint32Array(pairCount - at)
  let count = 0
  for (let place = 0; at < pairCount && place < storeKeys.length;) {
    const storeKey = pairs[2 * at]!
    const sought = storeKeys[place]!
    if (storeKey === sought) {
      places[count] = place
      words[count++] = pairs[2 * at++ + 1]!
    } else if (storeKey < sought) at = placeFrom(at, pairCount, keyOfPair, sought)
    else place = placeFrom(place, storeKeys.length, keyAt, storeKey)
  }
  return { places, words, count }
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
