import type { Db } from '../connect.ts'
import { dialectOf, type PackedWords } from '../dialect/dialect.ts'
import { pollRowsOf, readStoredWeeks, type StorePollWeek } from '../poll-weeks.ts'
import type { WriteTx } from '../write-alone.ts'
import { withTail } from './read-tail.ts'
import { ANY_STORES, byStore, chunkOf, pairsOf, tailRowOf, type TailPlace } from './tail-row.ts'

/** The weeks that have polls in the tail. */
export async function weeksInTail(db: Db): Promise<number[]> {
  const rows = await db.selectFrom('poll_tail').select('week').distinct().orderBy('week').execute()
  return rows.map(({ week }) => week)
}

/**
 * Puts the polls of chunks of stores from the tail into their week. Whoever writes rows of `poll_week` does so first, as what
 * is in the tail counts more.
 */
export async function foldTail(tx: WriteTx, week: number, chunks: readonly number[]): Promise<void> {
  await splitTail(tx, week)
  for (const chunk of chunks) await foldChunk(tx, { week, chunk })
}

async function foldChunk(tx: WriteTx, place: TailPlace): Promise<void> {
  const { week } = place
  const tail = byStore(await readRows(tx, place))
  if (tail.storeKeys.length === 0) return
  const [stored] = await readStoredWeeks(tx, [week], tail.storeKeys)
  const { storeKeys, from, to, words } = withTail(stored!, tail)
  const inTail = new Set(tail.storeKeys)
  const folded = storeKeys.flatMap((storeKey, i) =>
    inTail.has(storeKey) ? { week, storeKey, words: words.subarray(from[i], to[i]) } : [],
  )
  await dialectOf(tx).writePacked(tx, 'poll_week', pollRowsOf(folded), false)
  await deleteRows(tx, place)
}

/** Deals the polls of a week that are in rows of any stores out to their chunks. */
export async function splitTail(tx: WriteTx, week: number): Promise<void> {
  const place = { week, chunk: ANY_STORES }
  const batch = await lastBatchOf(tx, place)
  if (batch === undefined) return
  const stores = storesOf(byStore(await readRows(tx, place)))
  await deleteRows(tx, place)
  // All go, so that each of the new rows may count as late as the last of them.
  for (const [chunk, ofChunk] of Map.groupBy(stores, ({ storeKey }) => chunkOf(storeKey))) {
    await insertRow(tx, { week, chunk }, batch, ofChunk)
  }
}

/** Makes one row of those of any stores that are behind the last one with as many polls. */
export async function joinTail(tx: WriteTx, week: number, polls: number): Promise<void> {
  const place = { week, chunk: ANY_STORES }
  const batch = await lastBatchOf(tx, place)
  if (batch === undefined) return
  const { largest } = await tx
    .selectFrom('poll_tail')
    .where('week', '=', week)
    .where('chunk', '=', ANY_STORES)
    .select((eb) => eb.fn.max('batch').as('largest'))
    .where('poll_count', '>=', polls)
    .executeTakeFirstOrThrow()
  const after = largest ?? -1
  const stores = storesOf(byStore(await readRows(tx, place, after)))
  await deleteRows(tx, place, after)
  if (stores.length > 0) await insertRow(tx, place, batch, stores)
}

async function lastBatchOf(tx: WriteTx, place: TailPlace): Promise<number | undefined> {
  const { last } = await tx
    .selectFrom('poll_tail')
    .where('week', '=', place.week)
    .where('chunk', '=', place.chunk)
    .select((eb) => eb.fn.max('batch').as('last'))
    .executeTakeFirstOrThrow()
  return last ?? undefined
}

function storesOf({ storeKeys, from, to, words }: PackedWords) {
  return storeKeys.map((storeKey, i) => ({ storeKey, words: words.subarray(from[i], to[i]) }))
}

/** Puts a row into the tail. */
export async function insertRow(
  tx: WriteTx,
  place: TailPlace,
  batch: number,
  stores: readonly Omit<StorePollWeek, 'week'>[],
): Promise<void> {
  await tx
    .insertInto('poll_tail')
    .values({ ...place, batch, ...tailRowOf(stores, place) })
    .execute()
}

async function readRows(tx: WriteTx, place: TailPlace, afterBatch = -1) {
  const rows = await tx
    .selectFrom('poll_tail')
    .select('polls')
    .where('week', '=', place.week)
    .where('chunk', '=', place.chunk)
    .where('batch', '>', afterBatch)
    .orderBy('batch')
    .execute()
  return rows.map(({ polls }) => pairsOf(polls, place))
}

async function deleteRows(tx: WriteTx, { week, chunk }: TailPlace, afterBatch = -1): Promise<void> {
  await tx
    .deleteFrom('poll_tail')
    .where('week', '=', week)
    .where('chunk', '=', chunk)
    .where('batch', '>', afterBatch)
    .execute()
}
