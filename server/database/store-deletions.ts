import { AppError } from '../../shared/app-error.ts'
import type { StoreDeletion, StoreDeletionRequest } from '../../shared/deletion.ts'
import type { StoreId } from '../../shared/ids.ts'
import { findDeletion, recordChange } from './changes.ts'
import type { Db } from './connect.ts'
import { deletePolls, pollsToDelete } from './deleted-polls.ts'
import { forgetWeeks } from './kept-weeks.ts'
import { instantsOf, otherPolls } from './poll-deletions.ts'
import { markStores } from './store-states.ts'
import { keyOfStore } from './stores.ts'
import type { WriteTx } from './write-alone.ts'

const ever = { startMs: -Infinity, endMs: Infinity }

/** What a request to delete a store would delete; nothing is deleted. */
export async function whatStoreHas(db: Db, { storeId }: StoreDeletionRequest): Promise<StoreDeletion> {
  const storeKey = await keyOfKnown(db, storeId)
  const deleted = await pollsToDelete(db, [storeKey], ever)
  const corrections = await countCorrections(db, storeKey)
  return { storeId, corrections, polls: deleted.polls, ...instantsOf(deleted), change: null }
}

/**
 * Deletes a store with its rules, polls, labels, corrections and orders, and records that. Its key is never given again, so that
 * old reports name it. Throws a `conflict` AppError, and deletes nothing, where it has not as many polls as are confirmed.
 * `tx` is best one that checks no references, as SQLite would look through all polls for those to the store.
 */
export async function deleteStore(
  tx: WriteTx,
  { storeId, by, reason, confirm }: StoreDeletionRequest,
  at: number,
): Promise<StoreDeletion> {
  const storeKey = await keyOfKnown(tx, storeId)
  const deleted = await deletePolls(tx, [storeKey], ever)
  const { polls } = deleted
  if (polls !== confirm) throw otherPolls(polls, confirm!)
  const corrections = await countCorrections(tx, storeKey)
  await forgetWeeks(tx, [storeKey], 'always')
  await markStores(tx, [storeKey])
  for (const table of ['correction', 'store_label', 'order_week', 'store_revenue', 'store'] as const) {
    await tx.deleteFrom(table).where('store_key', '=', storeKey).execute()
  }
  await tx
    .insertInto('deleted_store')
    .values({ store_key: storeKey, store_id: storeId, deleted_at: at })
    .execute()
  const what = `the store ${storeId}, with ${polls} ${polls === 1 ? 'poll' : 'polls'} and ${corrections} ${corrections === 1 ? 'correction' : 'corrections'}`
  const made = { by, reason, at }
  const change = await recordChange(tx, {
    ...made,
    kind: 'store-deleted',
    what,
    storeId,
    polls,
    stores: 1,
  })
  return { storeId, corrections, polls, ...instantsOf(deleted), change }
}

async function countCorrections(db: Db, storeKey: number): Promise<number> {
  const { corrections } = await db
    .selectFrom('correction')
    .select((eb) => eb.fn.countAll<number>().as('corrections'))
    .where('store_key', '=', storeKey)
    .executeTakeFirstOrThrow()
  return Number(corrections)
}

/** Throws a `not-found` AppError where there is no such store, which says when it was deleted where it was. */
async function keyOfKnown(db: Db, storeId: StoreId): Promise<number> {
  try {
    return await keyOfStore(db, storeId)
  } catch (error) {
    throw (await wasDeleted(db, storeId, error)) ?? error
  }
}

/** What says of a store that is not there when it was deleted; undefined where it never was. */
export async function wasDeleted(db: Db, storeId: StoreId, cause: unknown): Promise<AppError | undefined> {
  const deletion = await findDeletion(db, { storeId, kind: 'store-deleted' })
  if (deletion === undefined) return undefined
  const { at, author, changeId } = deletion
  const whom = author === null ? '' : ` by ${author}`
  return new AppError(
    'not-found',
    `there is no store "${storeId}": it was deleted at ${at}${whom}, as change ${changeId} records`,
    { cause },
  )
}
