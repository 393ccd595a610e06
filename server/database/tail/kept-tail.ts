/**
 * Parts of a report read the same rows of the tail, again and again: they are kept, joined, for as long as they are what the
 * database has.
 */
import type { Db } from '../connect.ts'
import { dialectOf, type Dialect, type PackedWords } from '../dialect/dialect.ts'
import { byStore } from './by-store.ts'
import { ANY_STORES, keysOfChunk, pairsOf, type TailPlace } from './tail-row.ts'

/** As much as the tail of 100,000 stores may have. */
const MOST_KEPT_WORDS = 4 * 1024 * 1024

/** All rows of a chunk, or of any stores, and of a week. */
interface JoinedRows {
  /** Which rows they are: one with the same batch has other polls only where it has another number of them. */
  readonly name: string
  readonly polls: PackedWords
}

interface KeptTail {
  readonly rows: Map<string, JoinedRows>
  words: number
}

const keptTails = new WeakMap<Dialect, KeptTail>()

/**
 * The rows of some chunks and of any stores, by week: later ones count more. In a transaction, so that all
 * are of one state of the database.
 */
export async function readKeptTail(
  tx: Db,
  weeks: readonly number[],
  chunks: readonly number[],
): Promise<ReadonlyMap<number, readonly PackedWords[]>> {
  const tail = keptTailOf(dialectOf(tx))
  const rows = await tx
    .selectFrom('poll_tail')
    .select(['week', 'chunk', 'batch', 'poll_count'])
    .where('week', 'in', weeks)
    .where('chunk', 'in', chunks)
    .orderBy('week')
    // Those of any stores are last, as they are later.
    .orderBy('chunk', 'desc')
    .orderBy('batch')
    .execute()
  const ofWeeks = new Map<number, PackedWords[]>()
  for (const ofPlace of Map.groupBy(rows, ({ week, chunk }) => `${week} ${chunk}`).values()) {
    const { week, chunk } = ofPlace[0]!
    const name = ofPlace.map(({ batch, poll_count }) => `${batch} ${poll_count}`).join()
    const polls = await joinedRows(tx, tail, { week, chunk }, name)
    const ofWeek = ofWeeks.get(week) ?? []
    ofWeeks.set(week, ofWeek)
    ofWeek.push(polls)
  }
  return ofWeeks
}

function keptTailOf(dialect: Dialect): KeptTail {
  const known = keptTails.get(dialect)
  if (known !== undefined) return known
  const tail = { rows: new Map<string, JoinedRows>(), words: 0 }
  keptTails.set(dialect, tail)
  return tail
}

async function joinedRows(tx: Db, tail: KeptTail, place: TailPlace, name: string): Promise<PackedWords> {
  const key = `${place.week} ${place.chunk}`
  const known = tail.rows.get(key)
  const polls = known?.name === name ? known.polls : await readJoined(tx, place)
  // Those that are asked for most are forgotten last: those of any stores, by each part.
  forget(tail, key)
  tail.rows.set(key, { name, polls })
  tail.words += polls.words.length
  for (const oldest of tail.rows.keys()) {
    if (tail.words <= MOST_KEPT_WORDS || oldest === key) break
    forget(tail, oldest)
  }
  return polls
}

function forget(tail: KeptTail, key: string): void {
  tail.words -= tail.rows.get(key)?.polls.words.length ?? 0
  tail.rows.delete(key)
}

async function readJoined(tx: Db, place: TailPlace): Promise<PackedWords> {
  const rows = await tx
    .selectFrom('poll_tail')
    .select(['batch', 'polls'])
    .where('week', '=', place.week)
    .where('chunk', '=', place.chunk)
    .execute()
  rows.sort((a, b) => a.batch - b.batch)
  const pairs = rows.map(({ polls }) => pairsOf(polls, place))
  if (place.chunk === ANY_STORES) return byStore(pairs)
  const [first, last] = keysOfChunk(place.chunk)
  return byStore(
    pairs,
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  )
}
