import type { StoreId } from '../../shared/ids.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'

/** The ids of stores by their keys, also of those that are gone: old reports name them. */
export async function readStoreIds(db: Db, storeKeys: readonly number[]): Promise<Map<number, StoreId>> {
  const ids = new Map<number, StoreId>()
  for (const table of ['store', 'deleted_store'] as const) {
    const missing = storeKeys.filter((storeKey) => !ids.has(storeKey))
    for (const keys of chunks(missing)) {
      const rows = await db
        .selectFrom(table)
        .select(['store_key', 'store_id'])
        .where('store_key', 'in', keys)
        .execute()
      for (const row of rows) ids.set(row.store_key, row.store_id)
    }
  }
  return ids
}

/** The names of stores by their keys; of those that are there, and have one. */
export async function readStoreNames(db: Db, storeKeys: readonly number[]): Promise<Map<number, string>> {
  const names = new Map<number, string>()
  for (const keys of chunks(storeKeys)) {
    const query = db.selectFrom('store').select(['store_key', 'name']).where('store_key', 'in', keys)
    for (const { store_key, name } of await query.execute()) if (name !== null) names.set(store_key, name)
  }
  return names
}

/** The keys that stores have, and those that they had before they were deleted. */
export async function keysEverOf(db: Db, storeIds: readonly StoreId[]): Promise<Map<StoreId, number[]>> {
  const keys = new Map<StoreId, number[]>()
  for (const ids of chunks(new Set(storeIds))) {
    for (const table of ['store', 'deleted_store'] as const) {
      const rows = await db
        .selectFrom(table)
        .select(['store_key', 'store_id'])
        .where('store_id', 'in', ids)
        .execute()
      for (const { store_key, store_id } of rows)
        keys.set(store_id, [...(keys.get(store_id) ?? []), store_key])
    }
  }
  return keys
}

/** The last key that was given to a store; 0 where none was. */
export async function lastStoreKey(db: Db): Promise<number> {
  const last = { store: 0, deleted_store: 0 }
  for (const table of ['store', 'deleted_store'] as const) {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.max('store_key').as('last'))
      .executeTakeFirstOrThrow()
    last[table] = row.last ?? 0
  }
  return Math.max(last.store, last.deleted_store)
}

/** How many stores there are, without counting them: keys are given without gaps. */
export async function storeCount(db: Db): Promise<number> {
  const { deleted } = await db
    .selectFrom('deleted_store')
    .select((eb) => eb.fn.countAll<number>().as('deleted'))
    .executeTakeFirstOrThrow()
  return (await lastStoreKey(db)) - Number(deleted)
}
