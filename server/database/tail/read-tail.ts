import { mergedWeek, offsetOf, type PollWeek, type PollWords } from '../../uptime/poll-week.ts'
import type { Words } from '../../uptime/words.ts'
import type { Db } from '../connect.ts'
import type { PackedWords } from '../dialect/dialect.ts'
import { byStore } from './by-store.ts'
import { readKeptTail } from './kept-tail.ts'
import { ANY_STORES, chunksOf, pairsOf } from './tail-row.ts'

/**
 * Rows that were read before are looked for where so many stores are asked for, or stores of one chunk: of a few stores anywhere
 * there are more than are kept.
 */
const MANY_STORES = 256

/**
 * The polls in the tail of stores, whose keys are in ascending order, by week; of weeks that have none there is nothing.
 * Throws a `damaged` AppError where they are not as they were written.
 */
export async function readTail(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<ReadonlyMap<number, PackedWords>> {
  if (weeks.length === 0) return new Map()
  const chunks = chunksOf(storeKeys)
  const isMany = storeKeys.length >= MANY_STORES
  if (!db.isTransaction || (!isMany && chunks.length !== 1)) {
    return readGoingTail(db, weeks, storeKeys)
  }
  const kept = await readKeptTail(db, weeks, [...chunks, ANY_STORES])
  return new Map(Array.from(kept, ([week, rows]) => [week, byStore(rows, storeKeys)]))
}

/** Likewise, for whoever takes them out of the tail: nothing is kept of it. */
export function readGoingTail(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<ReadonlyMap<number, PackedWords>> {
  return readRows(db, weeks, [...chunksOf(storeKeys), ANY_STORES], storeKeys)
}

async function readRows(
  db: Db,
  weeks: readonly number[],
  chunks: readonly number[],
  storeKeys: readonly number[],
): Promise<ReadonlyMap<number, PackedWords>> {
  const rows = await db
    .selectFrom('poll_tail')
    .select(['week', 'chunk', 'batch', 'polls'])
    .where('week', 'in', weeks)
    .where('chunk', 'in', chunks)
    .execute()
  // Not by the database, which would copy all polls for that.
  rows.sort((a, b) => a.week - b.week || a.batch - b.batch)
  const pairs = Map.groupBy(rows, ({ week }) => week)
  const byWeek = (ofWeek: typeof rows) =>
    byStore(
      ofWeek.map((row) => pairsOf(row.polls, row)),
      storeKeys,
    )
  return new Map(Array.from(pairs, ([week, ofWeek]) => [week, byWeek(ofWeek)]))
}

/** When the latest poll of any store in the tail of a week was, in epoch milliseconds; undefined where it has none. */
export async function latestInTail(db: Db, week: number): Promise<number | undefined> {
  const { latest } = await db
    .selectFrom('poll_tail')
    .select((eb) => eb.fn.max('latest_poll_at').as('latest'))
    .where('week', '=', week)
    .executeTakeFirstOrThrow()
  return latest ?? undefined
}

/** Polls of a week with those of the tail, which win at the same millisecond. */
export function withTail(stored: PackedWords, tail: PackedWords | undefined): PackedWords {
  if (tail === undefined || tail.storeKeys.length === 0) return stored
  const placeOf = new Map(stored.storeKeys.map((storeKey, place) => [storeKey, place]))
  const storeKeys = [...stored.storeKeys]
  const from = Array.from(stored.from)
  const to = Array.from(stored.to)
  const words = new Uint32Array(stored.words.length + mostWords(stored, tail, placeOf))
  words.set(stored.words)
  let next = stored.words.length
  tail.storeKeys.forEach((storeKey, i) => {
    const newer = tail.words.subarray(tail.from[i], tail.to[i])
    const known = placeOf.get(storeKey)
    const place = known ?? storeKeys.push(storeKey) - 1
    from[place] = next
    to[place] = next = putMerged(
      words,
      next,
      known === undefined ? noWords : stored.words.subarray(stored.from[known], stored.to[known]),
      newer,
    )
  })
  return { storeKeys, from: Uint32Array.from(from), to: Uint32Array.from(to), words }
}

const noWords = new Uint32Array()

/** Puts both into `words` from a place on, and returns where they end. Mostly all that is newer comes later, too. */
function putMerged(words: Words, at: number, older: PollWords, newer: PollWords): number {
  const comeLater = older.length === 0 || offsetOf(older.at(-1)!) < offsetOf(newer[0]!)
  if (!comeLater) {
    const merged = mergedWeek(older, newer).words
    words.set(merged, at)
    return at + merged.length
  }
  words.set(older, at)
  words.set(newer, at + older.length)
  return at + older.length + newer.length
}

/** How many words the stores of the tail have at most. */
function mostWords(stored: PackedWords, tail: PackedWords, placeOf: ReadonlyMap<number, number>): number {
  let most = tail.words.length
  for (const storeKey of tail.storeKeys) {
    const place = placeOf.get(storeKey)
    if (place !== undefined) most += stored.to[place]! - stored.from[place]!
  }
  return most
}

/** Weeks of a store with those of the tail, in ascending order. */
export function weeksWithTail(
  stored: readonly PollWeek[],
  tail: ReadonlyMap<number, PackedWords>,
): PollWeek[] {
  const weeks = new Map(stored.map((polls) => [polls.week, polls]))
  for (const [week, { words: ofWeek, from, to }] of tail) {
    const older = weeks.get(week)
    const newer = ofWeek.subarray(from[0] ?? 0, to[0] ?? 0)
    if (newer.length === 0) continue
    const words =
      older === undefined ? newer : mergedWeek(older.words.subarray(older.from, older.to), newer).words
    weeks.set(week, { week, words, from: 0, to: words.length })
  }
  return [...weeks.values()].sort((a, b) => a.week - b.week)
}
