import { sql } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import { storeIdPattern } from '../../shared/store-id-pattern.ts'
import type { Page } from '../../shared/page.ts'
import type { Store, StoreListQuery } from '../../shared/store.ts'
import { chunks, compiledOnce } from './chunks.ts'
import type { Db } from './connect.ts'
import type { StoreTable } from './schema.ts'
import { substringPattern } from './substring-pattern.ts'
import { spansOfText } from './weekly-spans.ts'
import type { WriteTx } from './write-alone.ts'

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

/** The ids of stores by their keys. */
export async function readStoreIds(db: Db, storeKeys: readonly number[]): Promise<Map<number, StoreId>> {
  const ids = new Map<number, StoreId>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('store')
      .select(['store_key', 'store_id'])
      .where('store_key', 'in', keys)
      .execute()
    for (const row of rows) ids.set(row.store_key, row.store_id)
  }
  return ids
}

/**
 * The keys of stores, in the order of `storeIds`, which is ascending and has each id once. Stores that are new get the
 * next ones.
 */
export async function keysOfStores(tx: WriteTx, storeIds: Iterable<StoreId>): Promise<number[]> {
  const find = createStoreFinder(tx, [])
  const insert = inserterOfStores(tx)
  const keys: number[] = []
  for (const chunk of chunks(storeIds)) {
    const stores = await find(chunk)
    const newStores = stores.filter(({ stored }) => stored === undefined)
    await insert(newStores.map(({ key, storeId }) => ({ store_key: key, store_id: storeId })))
    for (const { key } of stores) keys.push(key)
  }
  return keys
}

type RuleColumn = 'timezone' | 'business_hours_key'

/** What is said of a store, in how many rows. */
export interface StoreRule<Rule> {
  readonly storeId: StoreId
  readonly rule: Rule
  readonly rows: number
}

/**
 * Sets a rule of stores, known or new, and returns how many rows said something else than what was stored. `rules` are in
 * ascending order of id, each once.
 */
export async function setRules<Column extends RuleColumn>(
  tx: WriteTx,
  column: Column,
  rules: Iterable<StoreRule<NonNullable<StoreTable[Column]>>>,
): Promise<number> {
  const find = createStoreFinder(tx, [column])
  const insert = inserterOfStores(tx)
  const update = updaterOfStores(tx, column)
  let changedRows = 0
  for (const chunk of chunks(rules)) {
    const stores = await find(chunk.map(({ storeId }) => storeId))
    const newStores: StoreRow[] = []
    const changes: StoreChange[] = []
    for (const [i, { storeId, key, stored }] of stores.entries()) {
      const { rule, rows } = chunk[i]!
      if (stored?.[column] === rule) continue
      if (stored === undefined) newStores.push({ store_key: key, store_id: storeId, [column]: rule })
      else changes.push({ store_key: key, rule })
      changedRows += rows
    }
    await insert(newStores)
    await update(changes)
  }
  return changedRows
}

type StoreRow = Pick<StoreTable, 'store_key' | 'store_id'> & Partial<Pick<StoreTable, RuleColumn>>

interface StoreChange {
  readonly store_key: number
  readonly rule: string | number
}

function inserterOfStores(tx: WriteTx): (rows: readonly StoreRow[]) => Promise<void> {
  const insert = compiledOnce((rows: readonly StoreRow[]) => tx.insertInto('store').values(rows).compile())
  return async (rows) => {
    if (rows.length > 0) await tx.executeQuery(insert(rows))
  }
}

/** An update, as to insert what is there already costs a database with many writers several times as much. */
function updaterOfStores(
  tx: WriteTx,
  column: RuleColumn,
): (changes: readonly StoreChange[]) => Promise<void> {
  const type = sql.raw(column === 'timezone' ? 'text' : 'integer')
  const update = compiledOnce((changes: readonly StoreChange[]) => {
    const rows = changes.map(
      ({ store_key, rule }) => sql`(cast(${store_key} as integer), cast(${rule} as ${type}))`,
    )
    return sql`update store set ${sql.ref(column)} = changed.column2 from (values ${sql.join(rows)}) as changed
      where store.store_key = changed.column1`.compile(tx)
  })
  return async (changes) => {
    if (changes.length > 0) await tx.executeQuery(update(changes))
  }
}

interface FoundStore {
  readonly storeId: StoreId
  readonly key: number
  readonly stored: Partial<Pick<StoreTable, RuleColumn>> | undefined
}

/**
 * Finds stores, some at a time, in ascending order of id, with some of their rules: for none of them the index is enough.
 * Those that are new get the next keys; to store them before the next are asked for is up to the caller.
 */
function createStoreFinder(
  tx: WriteTx,
  columns: readonly RuleColumn[],
): (storeIds: readonly StoreId[]) => Promise<FoundStore[]> {
  let lastKey: number | undefined
  const select = compiledOnce((storeIds: readonly StoreId[]) =>
    tx
      .selectFrom('store')
      .select(['store_key', 'store_id', ...columns])
      .where('store_id', 'in', storeIds)
      .compile(),
  )
  return async (storeIds) => {
    lastKey ??= await lastStoreKey(tx)
    const { rows } = lastKey === 0 ? { rows: [] } : await tx.executeQuery(select(storeIds))
    const byId = new Map(rows.map((row) => [row.store_id, row]))
    return storeIds.map((storeId) => {
      const stored = byId.get(storeId)
      return { storeId, key: stored?.store_key ?? ++lastKey!, stored }
    })
  }
}

async function lastStoreKey(tx: WriteTx): Promise<number> {
  const { last } = await tx
    .selectFrom('store')
    .select((eb) => eb.fn.max('store_key').as('last'))
    .executeTakeFirstOrThrow()
  return last ?? 0
}
