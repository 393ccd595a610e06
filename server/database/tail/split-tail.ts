import { chunks } from '../chunks.ts'
import type { Db } from '../connect.ts'
import { writeAlone, type WriteTx } from '../write-alone.ts'
import { byStore } from './by-store.ts'
import { allBatches, deleteRows, putRow, type Batches } from './put-rows.ts'
import { ANY_STORES, chunkOf, pairsOf, tailRowOf, type StoreWords } from './tail-row.ts'

/** So many rows of chunks are written in a transaction, where others wait. */
const CHUNKS_AT_ONCE = 64

/** What there is in rows of any stores, behind some. */
interface SmallRows extends Batches {
  readonly week: number
  readonly count: number
  readonly stores: readonly StoreWords[]
}

/** Deals the polls of a week that are in rows of any stores out to their chunks. */
export async function splitTail(tx: WriteTx, week: number): Promise<void> {
  const small = await readSmallRows(tx, week)
  if (small === undefined) return
  for (const { chunk, row } of rowsOfChunks(small)) await putRow(tx, { week, chunk }, small.last, row)
  await deleteRows(tx, { week, chunk: ANY_STORES }, small)
}

/**
 * Likewise, some chunks in a transaction, so that others write in between; the rows of any stores go with the last of them,
 * as a poll may be seen twice, but not be missing. Yields after each.
 */
export async function* splitInSlices(
  db: Db,
  week: number,
  chunksAtOnce = CHUNKS_AT_ONCE,
): AsyncGenerator<void> {
  const small = await readSmallRows(db, week)
  if (small === undefined) return
  const slices = [...chunks(rowsOfChunks(small), chunksAtOnce)]
  for (const [i, slice] of slices.entries()) {
    const isDone = await writeAlone(db, 'data', async (tx) => {
      if (!(await areThere(tx, small))) return true
      for (const { chunk, row } of slice) await putRow(tx, { week, chunk }, small.last, row)
      const isLast = i === slices.length - 1
      if (isLast) await deleteRows(tx, { week, chunk: ANY_STORES }, small)
      return isLast
    })
    yield
    if (isDone) return
  }
}

/** Makes one row of those of any stores that are behind the last one with as many polls. */
export async function joinTail(db: Db, week: number, polls: number): Promise<void> {
  const { largest } = await db
    .selectFrom('poll_tail')
    .where('week', '=', week)
    .where('chunk', '=', ANY_STORES)
    .select((eb) => eb.fn.max('batch').as('largest'))
    .where('poll_count', '>=', polls)
    .executeTakeFirstOrThrow()
  const small = await readSmallRows(db, week, largest ?? undefined)
  if (small === undefined || small.count === 1) return
  const place = { week, chunk: ANY_STORES }
  const row = tailRowOf(small.stores, place)
  await writeAlone(db, 'data', async (tx) => {
    if (!(await areThere(tx, small))) return
    await deleteRows(tx, place, small)
    await putRow(tx, place, small.last, row)
  })
}

async function readSmallRows(db: Db, week: number, after = allBatches.after): Promise<SmallRows | undefined> {
  const place = { week, chunk: ANY_STORES }
  const rows = await db
    .selectFrom('poll_tail')
    .select(['batch', 'polls'])
    .where('week', '=', week)
    .where('chunk', '=', ANY_STORES)
    .where('batch', '>', after)
    .orderBy('batch')
    .execute()
  if (rows.length === 0) return undefined
  const { storeKeys, from, to, words } = byStore(rows.map(({ polls }) => pairsOf(polls, place)))
  const stores = storeKeys.map((storeKey, i) => ({ storeKey, words: words.subarray(from[i], to[i]) }))
  return { week, after, last: rows.at(-1)!.batch, count: rows.length, stores }
}

/** Whether they are still as they were read: another process may have dealt them out or joined them. */
async function areThere(tx: WriteTx, { week, after, last, count }: SmallRows): Promise<boolean> {
  const { now } = await tx
    .selectFrom('poll_tail')
    .select((eb) => eb.fn.countAll<number>().as('now'))
    .where('week', '=', week)
    .where('chunk', '=', ANY_STORES)
    .where('batch', '>', after)
    .where('batch', '<=', last)
    .executeTakeFirstOrThrow()
  return Number(now) === count
}

/** Each of the rows may count as late as the last of those that they are made of, as all of these go. */
function rowsOfChunks({ week, stores }: SmallRows) {
  return Array.from(
    Map.groupBy(stores, ({ storeKey }) => chunkOf(storeKey)),
    ([chunk, ofChunk]) => ({ chunk, row: tailRowOf(ofChunk, { week, chunk }) }),
  )
}
