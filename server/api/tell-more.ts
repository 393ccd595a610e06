import { AppError } from '../../shared/app-error.ts'
import type { Principal } from '../access/principal.ts'
import type { Db } from '../database/connect.ts'
import { wasDeleted } from '../database/store-deletions.ts'
import { storeCount } from '../database/store-ids.ts'
import { NoSuchStore } from '../database/stores.ts'

/** For a message, of no more stores is it looked up which may be meant: it takes a fifth of a second. */
const MOST_STORES = 100_000
const MOST_SUGGESTED = 3

/**
 * The error, or, of a store that is not there, one that tells that it was deleted, or which other one may be meant: to who may know of
 * all stores.
 */
export async function tellMore(
  error: AppError,
  db: Db,
  principal: Pick<Principal, 'groups'> | undefined,
): Promise<AppError> {
  if (!(error instanceof NoSuchStore) || principal === undefined || principal.groups.length > 0) return error
  try {
    return (await wasDeleted(db, error.storeId, error)) ?? (await withSuggestions(error, db))
  } catch {
    return error // it is told less of, rather than not at all
  }
}

async function withSuggestions(error: NoSuchStore, db: Db): Promise<AppError> {
  if ((await storeCount(db)) > MOST_STORES) return error
  const { suggestStores } = await import('../insight/suggestions.ts')
  const near = await suggestStores(db, { text: error.storeId, limit: MOST_SUGGESTED })
  if (near.length === 0) return error
  const ids = near.map(({ storeId }) => storeId)
  const either = ids.length === 1 ? ids[0] : `${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}`
  return new AppError('not-found', `${error.message}; did you mean ${either}?`, { cause: error })
}
