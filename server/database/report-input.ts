import type { StoreId } from '../../shared/ids.ts'
import type { PollWeek } from '../uptime/poll-week.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { readStoredAndTail } from './read-polls.ts'
import { weeksWithTail } from './tail/read-tail.ts'
import { dialectOf, type PartStores, type StoreRules } from './dialect/dialect.ts'
import { NoSuchStore } from './stores.ts'

export type { PartStores, StoreRules } from './dialect/dialect.ts'

/** The stores of a part and the keys of their rules, in ascending order of id, polled or not: rule 16 of docs/uptime.md. */
export async function readStoreRules(db: Db, part: PartStores): Promise<StoreRules[]> {
  return dialectOf(db).readStoreRules(db, part)
}

/** Those of a few stores, in the order of their ids. Throws a `not-found` AppError where one of them is not there. */
export async function readRulesOfStores(db: Db, storeIds: readonly StoreId[]): Promise<StoreRules[]> {
  const rows = await db
    .selectFrom('store')
    .select(['store_key as storeKey', 'store_id as storeId', 'schedule_key as scheduleKey'])
    .where('store_id', 'in', storeIds)
    .execute()
  const byId = new Map(rows.map((store) => [store.storeId, store]))
  return storeIds.map((storeId) => {
    const store = byId.get(storeId)
    if (store === undefined) throw new NoSuchStore(storeId)
    return store
  })
}

/** Those of the stores that are there, by key. */
export async function readRulesByKey(db: Db, storeKeys: readonly number[]): Promise<Map<number, StoreRules>> {
  const stores = new Map<number, StoreRules>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('store')
      .select(['store_key as storeKey', 'store_id as storeId', 'schedule_key as scheduleKey'])
      .where('store_key', 'in', keys)
      .execute()
    for (const store of rows) stores.set(store.storeKey, store)
  }
  return stores
}

export interface StoreWithPolls {
  readonly store: StoreRules
  readonly polls: readonly PollWeek[]
  /** Whether some are in force, of whatever time: mostly none are, and need not be read. */
  readonly hasCorrections: boolean
}

/**
 * A store with its polls of some weeks in ascending order, in a transaction, so that all is as of one moment; undefined where
 * there is no such store. Throws a `damaged` AppError where polls are not as they were written.
 */
export async function readStoreWithPolls(
  tx: Db,
  storeId: StoreId,
  weeks: readonly number[],
): Promise<StoreWithPolls | undefined> {
  const found = await tx
    .selectFrom('store')
    .select(['store_key as storeKey', 'schedule_key as scheduleKey'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('correction')
            .select('correction_id')
            .whereRef('correction.store_key', '=', 'store.store_key')
            .where('revoked_at', 'is', null),
        )
        .as('hasCorrections'),
    )
    .where('store_id', '=', storeId)
    .executeTakeFirst()
  if (found === undefined) return undefined
  const { storeKey, scheduleKey, hasCorrections } = found
  const { tail, stored } = await readStoredAndTail(tx, weeks, [storeKey])
  const polls = stored.flatMap(({ week, storeKeys, words, from, to }) => {
    const place = storeKeys.indexOf(storeKey)
    return place < 0 ? [] : { week, words, from: from[place]!, to: to[place]! }
  })
  return {
    store: { storeKey, storeId, scheduleKey },
    polls: weeksWithTail(polls, tail),
    hasCorrections: Boolean(hasCorrections),
  }
}
