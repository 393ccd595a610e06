import { sql } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import { storeIdPattern, type StoreId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import type { Store, StoreListQuery } from '../../shared/store.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import type { StoreTable } from './schema.ts'
import { substringPattern } from './substring-pattern.ts'
import { spansOfText } from './weekly-spans.ts'

export async function getStore(db: Db, storeId: string): Promise<Store> {
  const row = await storeRows(db)
    .where('store.store_id', '=', storeId as StoreId)
    .executeTakeFirst()
  if (row === undefined) {
    throw new AppError('not-found', `there is no store "${storeId}": no imported file names it`)
  }
  return storeOf(row)
}

/** Stores in ascending order of id, as bytes. The cursor is the last id of a page. */
export async function listStores(db: Db, { limit, cursor, search }: StoreListQuery): Promise<Page<Store>> {
  if (cursor !== undefined && !storeIdPattern.test(cursor)) {
    throw new AppError(
      'invalid',
      `"${cursor}" is not a cursor of a list of stores: take nextCursor of the page before`,
    )
  }
  const rows = await storeRows(db)
    .$if(cursor !== undefined, (query) => query.where('store.store_id', '>', cursor as StoreId))
    .$if(search !== undefined && search !== '', (query) =>
      query.where(sql<boolean>`lower(store.store_id) like ${substringPattern(search!)} escape '\\'`),
    )
    .orderBy('store.store_id')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(storeOf)
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.storeId : null }
}

function storeRows(db: Db) {
  return db
    .selectFrom('store')
    .leftJoin('business_hours', 'business_hours.business_hours_key', 'store.business_hours_key')
    .select(['store.store_id', 'store.timezone', 'business_hours.spans'])
}

function storeOf(row: { store_id: StoreId; timezone: string | null; spans: string | null }): Store {
  const businessHours = row.spans === null ? null : spansOfText(row.spans)
  return { storeId: row.store_id, timezone: row.timezone, businessHours }
}

/**
 * The keys of stores, in the order of `storeIds`, which has each id once. Stores that are new get the next ones, in
 * ascending order of id. Call it in a transaction.
 */
export async function keysOfStores(db: Db, storeIds: readonly StoreId[]): Promise<number[]> {
  const keys = new Map<StoreId, number>()
  for (const chunk of chunks(storeIds)) {
    const rows = await db
      .selectFrom('store')
      .select(['store_key', 'store_id'])
      .where('store_id', 'in', chunk)
      .execute()
    for (const row of rows) keys.set(row.store_id, row.store_key)
  }

  // Ids are ASCII, so that JavaScript's order is that of their bytes.
  const newIds = storeIds.filter((storeId) => !keys.has(storeId)).sort()
  let nextKey = newIds.length > 0 ? await nextStoreKey(db) : 0
  for (const storeId of newIds) keys.set(storeId, nextKey++)
  for (const chunk of chunks(newIds)) {
    const rows = chunk.map((storeId) => ({ store_key: keys.get(storeId)!, store_id: storeId }))
    await db.insertInto('store').values(rows).execute()
  }
  return storeIds.map((storeId) => keys.get(storeId)!)
}

async function nextStoreKey(db: Db): Promise<number> {
  const { last } = await db
    .selectFrom('store')
    .select((eb) => eb.fn.max('store_key').as('last'))
    .executeTakeFirstOrThrow()
  return (last ?? 0) + 1
}

type RuleColumn = 'timezone' | 'business_hours_key'

/** Sets a rule of stores, known or new, and returns those for which it was another. Call it in a transaction. */
export async function setRules<Column extends RuleColumn>(
  db: Db,
  column: Column,
  rules: ReadonlyMap<StoreId, NonNullable<StoreTable[Column]>>,
): Promise<StoreId[]> {
  const storeIds = [...rules.keys()]
  const storeKeys = await keysOfStores(db, storeIds)
  const stores = storeIds.map((storeId, i) => ({
    store_key: storeKeys[i]!,
    store_id: storeId,
    [column]: rules.get(storeId),
  }))
  const changed: StoreId[] = []
  for (const chunk of chunks(stores)) {
    const keys = chunk.map((store) => store.store_key)
    const stored = await db
      .selectFrom('store')
      .select(['store_key', 'timezone', 'business_hours_key'])
      .where('store_key', 'in', keys)
      .execute()
    const before = new Map(stored.map((row) => [row.store_key, row[column]]))
    const changes = chunk.filter((store) => before.get(store.store_key) !== rules.get(store.store_id))
    if (changes.length === 0) continue
    await db
      .insertInto('store')
      .values(changes)
      .onConflict((conflict) =>
        conflict.column('store_key').doUpdateSet((eb) => ({ [column]: eb.ref(`excluded.${column}`) })),
      )
      .execute()
    changed.push(...changes.map((store) => store.store_id))
  }
  return changed
}
