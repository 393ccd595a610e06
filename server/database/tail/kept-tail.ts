/**
 * Rows of the tail never change, and parts of a report read the same ones, again and again: they are kept for as long as the
 * database has them.
 */
import type { Words } from '../../uptime/words.ts'
import type { Db } from '../connect.ts'
import { dialectOf, type BatchRange, type Dialect } from '../dialect/dialect.ts'
import { ANY_STORES, pairsOf, type TailPlace } from './tail-row.ts'

/** As much as the tail of 100,000 stores may have. */
const MOST_KEPT_WORDS = 4 * 1024 * 1024
/** What so many readings did not ask for makes room for others. */
const READINGS_TO_FORGET = 1024

/**
 * All rows of a chunk, or of any stores, and of a week: later ones are last. Between the same first and last batch there are the
 * same polls, as rows are only added behind, joined, or taken from the first on.
 */
interface PlacedRows extends BatchRange {
  readonly rows: readonly Words[]
}

interface KeptPlace extends PlacedRows {
  lastReading: number
}

interface KeptTail {
  /** Those that were asked for last are last. */
  readonly places: Map<string, KeptPlace>
  words: number
  readings: number
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
): Promise<ReadonlyMap<number, readonly Words[]>> {
  const dialect = dialectOf(tx)
  const tail = keptTailOf(dialect)
  tail.readings++
  const isKept = (chunk: number): boolean => weeks.some((week) => tail.places.has(keyOf({ week, chunk })))
  const kept = chunks.filter(isKept)
  const found = await readRows(
    tx,
    weeks,
    chunks.filter((chunk) => !kept.includes(chunk)),
  )
  for (const range of kept.length === 0 ? [] : await dialect.readBatchRanges(tx, weeks, kept)) {
    const known = tail.places.get(keyOf(range))
    if (known?.firstBatch === range.firstBatch && known.lastBatch === range.lastBatch) found.push(known)
    else found.push(...(await readBehind(tx, range, known)))
  }
  for (const place of found) keep(tail, place)
  // Those of any stores are last, as they are later.
  found.sort((a, b) => b.chunk - a.chunk)
  return new Map(
    Array.from(
      Map.groupBy(found, ({ week }) => week),
      ([week, places]) => [week, places.flatMap(({ rows }) => rows)],
    ),
  )
}

/** To be called where a transaction failed that wrote to the tail: its batch is given again, to other rows. */
export function forgetKeptTail(db: Db): void {
  keptTails.delete(dialectOf(db))
}

function keptTailOf(dialect: Dialect): KeptTail {
  const known = keptTails.get(dialect)
  if (known !== undefined) return known
  const tail = { places: new Map<string, KeptPlace>(), words: 0, readings: 0 }
  keptTails.set(dialect, tail)
  return tail
}

function keyOf({ week, chunk }: TailPlace): string {
  return `${week} ${chunk}`
}

/** Mostly what is known is still there, and some rows are behind that; whoever began earlier than others has fewer rows. */
async function readBehind(
  tx: Db,
  { week, chunk, firstBatch, lastBatch }: BatchRange,
  known: PlacedRows | undefined,
): Promise<PlacedRows[]> {
  const isStart = known?.firstBatch === firstBatch && known.lastBatch < lastBatch
  if (!isStart) return readRows(tx, [week], [chunk])
  const behind = await readRows(tx, [week], [chunk], known.lastBatch)
  return behind.map((read) => ({ ...read, firstBatch, rows: [...known.rows, ...read.rows] }))
}

/** All rows of some places, or those behind a batch. */
async function readRows(
  tx: Db,
  weeks: readonly number[],
  chunks: readonly number[],
  batch = -1,
): Promise<PlacedRows[]> {
  if (chunks.length === 0) return []
  const rows = await tx
    .selectFrom('poll_tail')
    .select(['week', 'chunk', 'batch', 'polls'])
    .where('week', 'in', weeks)
    .where('chunk', 'in', chunks)
    .where('batch', '>', batch)
    .execute()
  // Not by the database, which would copy all polls for that.
  rows.sort((a, b) => a.batch - b.batch)
  return Array.from(Map.groupBy(rows, keyOf).values(), (ofPlace) => {
    const { week, chunk, batch: firstBatch } = ofPlace[0]!
    const pairs = ofPlace.map(({ polls }) => pairsOf(polls, { week, chunk }))
    return { week, chunk, firstBatch, lastBatch: ofPlace.at(-1)!.batch, rows: pairs }
  })
}

/**
 * Where there is no room, not at the cost of what is asked for: of a tail that is longer than what is kept each would be forgotten
 * before it is asked for again, and all of it be garbage that is collected late.
 */
function keep(tail: KeptTail, place: PlacedRows): void {
  const key = keyOf(place)
  const words = wordsIn(place)
  forget(tail, key)
  for (const [oldest, { lastReading }] of tail.places) {
    const isInUse = tail.readings - lastReading < READINGS_TO_FORGET
    if (tail.words + words <= MOST_KEPT_WORDS || isInUse) break
    forget(tail, oldest)
  }
  // Those of any stores are asked for each time.
  if (tail.words + words > MOST_KEPT_WORDS && place.chunk !== ANY_STORES) return
  tail.places.set(key, { ...place, lastReading: tail.readings })
  tail.words += words
}

function forget(tail: KeptTail, key: string): void {
  const known = tail.places.get(key)
  if (known === undefined) return
  tail.words -= wordsIn(known)
  tail.places.delete(key)
}

function wordsIn({ rows }: PlacedRows): number {
  return rows.reduce((sum, pairs) => sum + pairs.length, 0)
}
