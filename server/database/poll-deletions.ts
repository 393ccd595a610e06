import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'
import type { Change } from '../../shared/change.ts'
import type { PollDeletion, PollDeletionRequest } from '../../shared/deletion.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { findDeletion, recordChange } from './changes.ts'
import type { Db } from './connect.ts'
import { deletePolls, pollsToDelete, type DeletedPolls } from './deleted-polls.ts'
import { hasLabels } from './labelled.ts'
import { keyOfStore } from './stores.ts'
import { recordTouchedStores } from './touched-stores.ts'
import type { WriteTx } from './write-alone.ts'

/** How many polls a request would delete; nothing is deleted. */
export async function countPollsToDelete(db: Db, request: PollDeletionRequest): Promise<PollDeletion> {
  const { from: startMs, to: endMs } = request
  return answerOf(await pollsToDelete(db, await storesOf(db, request), { startMs, endMs }), null)
}

/**
 * Deletes the polls that a request is about, and records that. Throws a `conflict` AppError, and deletes nothing, where they
 * are not as many as it confirms.
 */
export async function deleteRequestedPolls(
  tx: WriteTx,
  request: PollDeletionRequest,
  at: number,
): Promise<PollDeletion> {
  const { storeId, labels, from, to, by, reason, confirm } = request
  const deleted = await deletePolls(tx, await storesOf(tx, request), { startMs: from, endMs: to })
  const { polls, storeKeys } = deleted
  const stores = storeKeys.length
  if (polls !== confirm) throw await notAsConfirmed(tx, request, polls)
  if (polls === 0) return answerOf(deleted, null)
  const what = `${polls} ${polls === 1 ? 'poll' : 'polls'} of ${stores} ${stores === 1 ? 'store' : 'stores'}`
  const made = { by, reason, at }
  const change = await recordChange(tx, {
    ...made,
    kind: 'polls-deleted',
    what,
    storeId,
    labels,
    fromMs: from,
    toMs: to,
    polls,
    stores,
  })
  if (storeId === undefined) await recordTouchedStores(tx, change.changeId, storeKeys)
  return answerOf(deleted, change)
}

function answerOf({ polls, storeKeys, firstMs, lastMs }: DeletedPolls, change: Change | null): PollDeletion {
  return { polls, stores: storeKeys.length, ...instantsOf({ firstMs, lastMs }), change }
}

/** When the first and last of the polls were that go. */
export function instantsOf({ firstMs, lastMs }: Pick<DeletedPolls, 'firstMs' | 'lastMs'>) {
  return {
    firstPollAt: firstMs === undefined ? null : formatTimestamp(firstMs),
    lastPollAt: lastMs === undefined ? null : formatTimestamp(lastMs),
  }
}

async function notAsConfirmed(tx: WriteTx, request: PollDeletionRequest, polls: number): Promise<AppError> {
  const { confirm, from, to, storeId, labels } = request
  const before = await findDeletion(tx, {
    kind: 'polls-deleted',
    polls: confirm!,
    fromMs: from,
    toMs: to,
    storeId,
    labels,
  })
  return before === undefined ? otherPolls(polls, confirm!) : alreadyDeleted(before)
}

/** Of a deletion that others, or the same caller, have made already. */
function alreadyDeleted({ changeId, at, polls }: Change): AppError {
  return new AppError(
    'conflict',
    `these ${polls} polls were deleted already, at ${at}: change ${changeId} is the record of that`,
  )
}

export function otherPolls(polls: number, confirmed: number): AppError {
  return new AppError(
    'conflict',
    `confirm: there are ${polls} polls to be deleted now, not ${confirmed}, so that nothing was deleted: ask without confirm what would be, and confirm that`,
  )
}

const STORES_AT_ONCE = 5000

/** The keys of the stores whose polls go, in ascending order. */
async function storesOf(db: Db, { storeId, labels = [] }: PollDeletionRequest): Promise<number[]> {
  if (storeId !== undefined) return [await keyOfStore(db, storeId)]
  const keys: number[] = []
  for (;;) {
    const rows = await db
      .selectFrom('store')
      .select('store_key')
      .where('store_key', '>', keys.at(-1) ?? 0)
      .where(hasLabels(labels))
      .orderBy('store_key')
      .limit(STORES_AT_ONCE)
      .execute()
    for (const { store_key: storeKey } of rows) keys.push(storeKey)
    if (rows.length < STORES_AT_ONCE) return keys
    await setImmediate()
  }
}
