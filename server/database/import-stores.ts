import type { ImportStoresQuery, TouchedStore, TouchedStorePage } from '../../shared/import.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { getImport } from './imports.ts'
import { touchedKeysAfter } from './touched-stores.ts'

/** The stores of which an import changed something, in the order in which they became known. The cursor is the last key of a page. */
export async function listImportStores(
  db: Db,
  { importId, limit, cursor }: ImportStoresQuery,
): Promise<TouchedStorePage> {
  const after = numberOfCursor(cursor, 'a list of stores') ?? 0
  const { rowsChanged } = await getImport(db, importId)
  const change = await db
    .selectFrom('change')
    .innerJoin('touched_stores', 'touched_stores.change_id', 'change.change_id')
    .select('change.change_id')
    .where('import_id', '=', importId)
    .limit(1)
    .executeTakeFirst()
  if (change === undefined) return { items: [], nextCursor: null, isRecorded: rowsChanged === 0 }
  const keys = await touchedKeysAfter(db, change.change_id, after, limit + 1)
  const page = keys.slice(0, limit)
  return {
    items: await storesOf(db, page),
    nextCursor: keys.length > limit ? String(page.at(-1)) : null,
    isRecorded: true,
  }
}

/** In the order of their keys; also those that were deleted. */
async function storesOf(db: Db, storeKeys: readonly number[]): Promise<TouchedStore[]> {
  const stores = new Map<number, TouchedStore>()
  for (const keys of chunks(storeKeys)) {
    const there = await db
      .selectFrom('store')
      .select(['store_key', 'store_id', 'name'])
      .where('store_key', 'in', keys)
      .execute()
    for (const { store_key, store_id, name } of there) {
      stores.set(store_key, { storeId: store_id, name, deletedAt: null })
    }
    const deleted = await db.selectFrom('deleted_store').selectAll().where('store_key', 'in', keys).execute()
    for (const { store_key, store_id, deleted_at } of deleted) {
      stores.set(store_key, { storeId: store_id, name: null, deletedAt: formatTimestamp(deleted_at) })
    }
  }
  return storeKeys.flatMap((key) => stores.get(key) ?? [])
}
