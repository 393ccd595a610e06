/** What whoever keeps in memory what stores are has to know of the database: see docs/decisions/012-live-states.md. */
import { chunks as chunksOfRows } from './chunks.ts'
import type { Db } from './connect.ts'
import { nextBatch } from './tail/batch.ts'
import { ANY_STORES, chunkOf, pairsOf } from './tail/tail-row.ts'
import { latestPollAt } from './poll-week-summary.ts'
import type { Words } from '../uptime/words.ts'
import type { WriteTx } from './write-alone.ts'

/**
 * Says of chunks of stores that what they are is to be found out anew, as of a batch: in the transaction that changes their
 * polls, but for those that go to the tail, their rules or their corrections.
 */
export async function markChunks(tx: WriteTx, chunks: readonly number[], batch: number): Promise<void> {
  for (const some of chunksOfRows(new Set(chunks))) {
    await tx
      .insertInto('store_state')
      .values(some.map((chunk) => ({ chunk, changed_batch: batch })))
      .onConflict((conflict) =>
        conflict
          .column('chunk')
          .doUpdateSet((eb) => ({ changed_batch: eb.ref('excluded.changed_batch') }))
          .where((eb) => eb('store_state.changed_batch', '<', eb.ref('excluded.changed_batch'))),
      )
      .execute()
  }
}

/** Likewise of the chunks of some stores, in any order, as of now. */
export async function markStores(tx: WriteTx, storeKeys: readonly number[]): Promise<void> {
  if (storeKeys.length === 0) return
  await markChunks(tx, storeKeys.map(chunkOf), await nextBatch(tx))
}

/** How far the data is. */
export interface DataState {
  readonly batch: number
  /** The latest poll of any store; undefined where there is none. */
  readonly latestPollMs: number | undefined
}

export async function readDataState(db: Db): Promise<DataState> {
  const { last_batch } = await db.selectFrom('poll_batch').select('last_batch').executeTakeFirstOrThrow()
  return { batch: last_batch, latestPollMs: await latestPollAt(db) }
}

/** The chunks in which something changed after a batch. */
export async function chunksMarkedSince(db: Db, batch: number): Promise<number[]> {
  const rows = await db
    .selectFrom('store_state')
    .select('chunk')
    .where('changed_batch', '>', batch)
    .orderBy('chunk')
    .execute()
  return rows.map(({ chunk }) => chunk)
}

/** Polls of a week that came to the tail, as pairs of store key and word. */
export interface TailPolls {
  readonly week: number
  readonly pairs: Words
}

/** What came to the tail after a batch, in the order in which it did, of some weeks and of chunks up to the last one. */
export async function tailSince(
  db: Db,
  batch: number,
  weeks: readonly number[],
  lastChunk: number,
): Promise<TailPolls[]> {
  // All are named, so that rows are found by their key: there are few that are new among many.
  const chunks = Array.from({ length: lastChunk + 2 }, (_, i) => i + ANY_STORES)
  const rows = await db
    .selectFrom('poll_tail')
    .select(['week', 'chunk', 'polls'])
    .where('week', 'in', weeks)
    .where('chunk', 'in', chunks)
    .where('batch', '>', batch)
    .orderBy('batch')
    .orderBy('week')
    .execute()
  return rows.map((row) => ({ week: row.week, pairs: pairsOf(row.polls, row) }))
}
