import type { Db } from '../connect.ts'
import { lastStoreKey } from '../store-ids.ts'
import { writeAlone } from '../write-alone.ts'
import { foldTail, joinTail, splitTail } from './fold-tail.ts'
import { ANY_STORES, chunkOf, keysOfChunk, POLLS_PER_CHUNK_ROW } from './tail-row.ts'

/** No more rows of any stores are looked through for a store. */
const MOST_SMALL_ROWS = 128
/** Rows with fewer polls are joined sooner than dealt out to chunks, where so many follow each other. */
const FEW_POLLS = 4096
const LEAST_ROWS_TO_JOIN = 64
/** A chunk is folded at so many polls a store: its week is then written about once a day. */
const POLLS_PER_STORE = 24
/** Or at so many rows, which are read one by one. */
const MOST_CHUNK_ROWS = 256

/**
 * Keeps the tail short: joins rows, deals them out to chunks, and chunks to their weeks, a transaction each, so that others
 * write in between. Ends early where `isStopped` says so: what is not done is done the next time.
 */
export async function tidyTail(db: Db, isStopped: () => boolean = () => false): Promise<void> {
  const lastKey = await lastStoreKey(db)
  for (const { week, rows, polls, lastRows } of await smallRows(db)) {
    const isMuch = polls >= POLLS_PER_CHUNK_ROW * (chunkOf(lastKey) + 1)
    if (rows < MOST_SMALL_ROWS && !isMuch) continue
    if (isStopped()) return
    await writeAlone(db, 'data', (tx) =>
      lastRows >= LEAST_ROWS_TO_JOIN && !isMuch ? joinTail(tx, week, FEW_POLLS) : splitTail(tx, week),
    )
  }
  for (const { week, chunk } of await chunksToFold(db, lastKey)) {
    if (isStopped()) return
    await writeAlone(db, 'data', (tx) => foldTail(tx, week, [chunk]))
  }
}

interface SmallRows {
  readonly week: number
  readonly rows: number
  readonly polls: number
  /** How many rows with few polls are last. */
  readonly lastRows: number
}

/** What there is in rows of any stores, by week. */
async function smallRows(db: Db): Promise<SmallRows[]> {
  const rows = await db
    .selectFrom('poll_tail')
    .select(['week', 'poll_count'])
    .where('chunk', '=', ANY_STORES)
    .orderBy('week')
    .orderBy('batch')
    .execute()
  return Array.from(
    Map.groupBy(rows, ({ week }) => week),
    ([week, ofWeek]) => ({
      week,
      rows: ofWeek.length,
      polls: ofWeek.reduce((sum, { poll_count }) => sum + poll_count, 0),
      lastRows: ofWeek.length - 1 - ofWeek.findLastIndex(({ poll_count }) => poll_count >= FEW_POLLS),
    }),
  )
}

/** Those with many polls or rows. */
async function chunksToFold(
  db: Db,
  lastKey: number,
): Promise<{ readonly week: number; readonly chunk: number }[]> {
  const rows = await db
    .selectFrom('poll_tail')
    .select([
      'week',
      'chunk',
      (eb) => eb.fn.countAll<number>().as('row_count'),
      (eb) => eb.fn.sum('poll_count').as('polls'),
    ])
    .where('chunk', '!=', ANY_STORES)
    .groupBy(['week', 'chunk'])
    .orderBy('week')
    .orderBy('chunk')
    .execute()
  return rows.filter(({ chunk, row_count, polls }) => {
    const [first, last] = keysOfChunk(chunk)
    const stores = Math.max(1, Math.min(last, lastKey) - first + 1)
    return Number(polls) >= POLLS_PER_STORE * stores || Number(row_count) >= MOST_CHUNK_ROWS
  })
}
