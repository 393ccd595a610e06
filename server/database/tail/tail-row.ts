import { AppError } from '../../../shared/app-error.ts'
import { POLL_WEEK_MS, offsetOf } from '../../uptime/poll-week.ts'
import { bytesOfWords, wordsOfBytes, type Words } from '../../uptime/words.ts'
import { isIntact, withChecksum } from '../poll-checksum.ts'
import type { StorePollWeek } from '../poll-weeks.ts'

/**
 * A row of the tail has polls of many stores in a week: of each its store's key and its word (`uptime/poll-week.ts`), in
 * ascending order of both, and a checksum. It is of the 2,048 stores of a chunk, or, where it has few polls, of any.
 */
export const STORES_PER_CHUNK = 2048
export const ANY_STORES = -1

/** So many polls a chunk, and a row is worth it that is of the chunk alone: in SQLite half as many take as many pages. */
export const POLLS_PER_CHUNK_ROW = 1024
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
  const pairs = new Uint32Array(2 * stores.reduce((sum, { words }) => sum + words.length, 0))
  let next = 0
  for (const { storeKey, words } of stores) {
    for (const word of words) {
      pairs[next++] = storeKey
      pairs[next++] = word
    }
  }
  return tailRowOfPairs(pairs, place)
}

export function tailRowOfPairs(pairs: Words, { week, chunk }: TailPlace): TailRow {
  let latest = 0
  for (let i = 1; i < pairs.length; i += 2) latest = Math.max(latest, offsetOf(pairs[i]!))
  return {
    poll_count: pairs.length / 2,
    latest_poll_at: week * POLL_WEEK_MS + latest,
    polls: bytesOfWords(withChecksum(pairs, week, chunk)),
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
