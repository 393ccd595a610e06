import type {
  PollDeletion,
  PollDeletionRequest,
  StoreDeletion,
  StoreDeletionRequest,
} from '../../shared/deletion.ts'
import { countPollsToDelete, deleteRequestedPolls } from '../database/poll-deletions.ts'
import { deleteStore, whatStoreHas } from '../database/store-deletions.ts'
import type { ApiParts } from './api-parts.ts'

/** Deletes polls where the request confirms how many; otherwise, how many there are to delete. */
export function answerPollDeletion(
  { db, change, now }: ApiParts,
  request: PollDeletionRequest,
): Promise<PollDeletion> {
  if (request.confirm === undefined) return countPollsToDelete(db, request)
  return change((tx) => deleteRequestedPolls(tx, request, now()))
}

/** Likewise a store. */
export function answerStoreDeletion(
  { db, removeStores, now }: ApiParts,
  request: StoreDeletionRequest,
): Promise<StoreDeletion> {
  if (request.confirm === undefined) return whatStoreHas(db, request)
  return removeStores((tx) => deleteStore(tx, request, now()))
}
