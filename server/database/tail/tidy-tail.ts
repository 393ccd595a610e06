import type { Db } from '../connect.ts'
import { lastStoreKey } from '../store-ids.ts'
import { writeAlone } from '../write-alone.ts'
import { foldChunk } from './fold-tail.ts'
import { joinTail, splitInSlices } from './split-tail.ts'
import { agedBatch } from './tail-age.ts'
import { ANY_STORES, keysOfChunk, mostSmallPolls, type TailPlace } from './tail-row.ts'

/** No more rows of any stores are looked through for a store. */
const MOST_SMALL_ROWS = 128
/** Rows with fewer polls are joined sooner than dealt out to chunks, where so many follow each other. */
const FEW_POLLS = 4096
const LEAST_ROWS_TO_JOIN = 64
/** A chunk is folded at so many polls a store: its week is then written about once a day. */
const POLLS_PER_STORE = 24
/** Or at so many rows, which are read one by one. */
const MOST_CHUNK_ROWS = 256

/** Whether there is anything to tidy, now or once it is old. */
export async function hasTail(db: Db): Promise<boolean> {
  return (await db.selectFrom('poll_tail').select('week').limit(1).executeTakeFirst()) !== undefined
}

/**
 * Keeps the tail short. What is not done when it ends early, as `goesOn` says no after a transaction, is done the next time.
 */
export async function tidyTail(
  db: Db,
  now: number,
  goesOn: () => boolean | Promise<boolean> = () => true,
): Promise<void> {
  for await (const _ of tidySteps(db, now)) if (!(await goesOn())) return
}

/**
 * Joins rows, deals them out to chunks, and chunks to their weeks: those that are full or a day old. Yields after each of its
 * transactions, which are short, so that others write in between. With `onlySmall` chunks are not looked at unless rows were
 * dealt out to them: of a million stores that takes a while.
 */
export async function* tidySteps(
  db: Db,
  now: number,
  { onlySmall = false }: { readonly onlySmall?: boolean } = {},
): AsyncGenerator<void> {
  if (!(await hasTail(db))) return
  const aged = (await agedBatch(db, now)) ?? -1
  const lastKey = await lastStoreKey(db)
  const agedWeeks = new Set<number>()
  let isSplit = false
  for (const { week, rows, polls, lastRows, firstBatch } of await smallRows(db)) {
    const isAged = firstBatch <= aged
    const isMuch = polls >= mostSmallPolls(lastKey)
    if (isAged) agedWeeks.add(week)
    if (isAged || isMuch || (rows >= MOST_SMALL_ROWS && lastRows < LEAST_ROWS_TO_JOIN)) {
      isSplit = true
      yield* splitInSlices(db, week)
    } else if (rows >= MOST_SMALL_ROWS) {
      await joinTail(db, week, FEW_POLLS)
      yield
    }
  }
  if (onlySmall && !isSplit) return
  for (const place of await chunksToFold(db, { lastKey, aged, agedWeeks })) {
    await writeAlone(db, 'data', (tx) => foldChunk(tx, place))
    yield
  }
}

interface SmallRows {
  readonly week: number
  readonly rows: number
  readonly polls: number
  /** How many rows with few polls are last. */
  readonly lastRows: number
  readonly firstBatch: number
}

/** What there is in rows of any stores, by week. */
async function smallRows(db: Db): Promise<SmallRows[]> {
  const rows = await db
    .selectFrom('poll_tail')
    .select(['week', 'batch', 'poll_count'])
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
      firstBatch: ofWeek[0]!.batch,
    }),
  )
}

/** Those with many polls or rows, and old ones. */
async function chunksToFold(
  db: Db,
  {
    lastKey,
    aged,
    agedWeeks,
  }: { readonly lastKey: number; readonly aged: number; readonly agedWeeks: ReadonlySet<number> },
): Promise<TailPlace[]> {
  const rows = await db
    .selectFrom('poll_tail')
    .select([
      'week',
      'chunk',
      (eb) => eb.fn.countAll<number>().as('row_count'),
      (eb) => eb.fn.sum('poll_count').as('polls'),
      (eb) => eb.fn.min('batch').as('first_batch'),
    ])
    .where('chunk', '!=', ANY_STORES)
    .groupBy(['week', 'chunk'])
    .orderBy('week')
    .orderBy('chunk')
    .execute()
  return rows.filter(({ week, chunk, row_count, polls, first_batch }) => {
    const [first, last] = keysOfChunk(chunk)
    const stores = Math.max(1, Math.min(last, lastKey) - first + 1)
    const isFull = Number(polls) >= POLLS_PER_STORE * stores || Number(row_count) >= MOST_CHUNK_ROWS
    return isFull || agedWeeks.has(week) || Number(first_batch) <= aged
  })
}
