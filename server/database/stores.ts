import { sql } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import type { Store, StoreListQuery } from '../../shared/store.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { chunks, compiledOnce } from './chunks.ts'
import type { Db } from './connect.ts'
import { storeOfCursor } from './cursor.ts'
import { hasLabels } from './labelled.ts'
import type { StoreTable } from './schema.ts'
import { noSchedule, scheduleOfText, type StoredVersion } from './schedule-text.ts'
import { lastStoreKey } from './store-ids.ts'
import { markStores } from './store-states.ts'
import { substringPattern } from './substring-pattern.ts'
import type { WriteTx } from './write-alone.ts'

export async function getStore(db: Db, storeId: string): Promise<Store> {
  const row = await storeRows(db)
    .where('store.store_id', '=', storeId as StoreId)
    .executeTakeFirst()
  if (row === undefined) {
    throw new NoSuchStore(storeId as StoreId)
  }
  const [store] = await storesOf(db, [row])
  return store!
}

/** Throws a `not-found` AppError where there is no such store. */
export async function keyOfStore(db: Db, storeId: StoreId): Promise<number> {
  const row = await db
    .selectFrom('store')
    .select('store_key')
    .where('store_id', '=', storeId)
    .executeTakeFirst()
  if (row === undefined) throw new NoSuchStore(storeId)
  return row.store_key
}

/** Whoever answers with it tells more: see `tellMore`. */
export class NoSuchStore extends AppError {
  readonly storeId: StoreId

  constructor(storeId: StoreId) {
    super('not-found', `there is no store "${storeId}": no imported file names it`)
    this.storeId = storeId
  }
}

/** Stores in ascending order of id, as bytes. The cursor is the last id of a page. */
export async function listStores(
  db: Db,
  { limit, cursor, search, labels = [] }: StoreListQuery,
): Promise<Page<Store>> {
  const after = storeOfCursor(cursor, 'a list of stores')
  const rows = await storeRows(db)
    .$if(after !== undefined, (query) => query.where('store.store_id', '>', after!))
    .$if(search !== undefined && search !== '', (query) =>
      query.where(sql<boolean>`lower(store.store_id) like ${substringPattern(search!)} escape '\\'`),
    )
    .$if(labels.length > 0, (query) => query.where(hasLabels(labels)))
    .orderBy('store.store_id')
    .limit(limit + 1)
    .execute()
  const items = await storesOf(db, rows.slice(0, limit))
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.storeId : null }
}

function storeRows(db: Db) {
  return db
    .selectFrom('store')
    .leftJoin('schedule', 'schedule.schedule_key', 'store.schedule_key')
    .select(['store.store_key', 'store.store_id', 'store.name', 'schedule.schedule'])
}

interface StoredStore {
  readonly store_key: number
  readonly store_id: StoreId
  readonly name: string | null
  readonly schedule: string | null
}

async function storesOf(db: Db, rows: readonly StoredStore[]): Promise<Store[]> {
  const labels = await readLabels(
    db,
    rows.map(({ store_key }) => store_key),
  )
  return rows.map(({ store_key, store_id, name, schedule }) => {
    const { zones, hours, specialDays } = schedule === null ? noSchedule : scheduleOfText(schedule)
    return {
      storeId: store_id,
      name,
      labels: labels.get(store_key) ?? {},
      timezone: zones.at(-1)?.rule ?? null,
      businessHours: hours.at(-1)?.rule.slice() ?? null,
      timezoneVersions: zones.map((version) => ({ validFrom: instantOf(version), timezone: version.rule })),
      businessHoursVersions: hours.map((version) => ({
        validFrom: instantOf(version),
        spans: version.rule.slice(),
      })),
      specialHours: specialDays.map(({ date, spans }) => ({ date, spans: spans.slice() })),
    }
  })
}

function instantOf({ validFrom }: StoredVersion<unknown>): string | null {
  return validFrom === null ? null : formatTimestamp(validFrom)
}

/** The labels of stores by their keys. */
export async function readLabels(
  db: Db,
  storeKeys: readonly number[],
): Promise<Map<number, Record<string, string>>> {
  const labels = new Map<number, Record<string, string>>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('store_label')
      .selectAll()
      .where('store_key', 'in', keys)
      .orderBy('label')
      .execute()
    for (const { store_key, label, value } of rows) {
      const ofStore = labels.get(store_key) ?? {}
      labels.set(store_key, ofStore)
      ofStore[label] = value
    }
  }
  return labels
}

/** What stores are called, by their ids; null where no file says so. */
export async function readStoreNames(
  db: Db,
  storeIds: readonly StoreId[],
): Promise<Map<StoreId, string | null>> {
  const rows = await db
    .selectFrom('store')
    .select(['store_id', 'name'])
    .where('store_id', 'in', storeIds)
    .execute()
  return new Map(rows.map(({ store_id, name }) => [store_id, name]))
}

/** The keys of stores, in the order of `storeIds`, which has each id once. Stores that are new get the next ones. */
export async function keysOfStores(tx: WriteTx, storeIds: readonly StoreId[]): Promise<number[]> {
  const stores = await createStoreFinder(tx, [])(storeIds)
  const newStores = stores.filter(({ stored }) => stored === undefined)
  await inserterOfStores(tx)(newStores.map(({ key, storeId }) => ({ store_key: key, store_id: storeId })))
  await markStores(
    tx,
    newStores.map(({ key }) => key),
  )
  return stores.map(({ key }) => key)
}

export type StoreRow = Pick<StoreTable, 'store_key' | 'store_id'> & Partial<Pick<StoreTable, 'schedule_key'>>

/** Puts new stores into the database. */
export function inserterOfStores(tx: WriteTx): (rows: readonly StoreRow[]) => Promise<void> {
  const insert = compiledOnce((rows: readonly StoreRow[]) => tx.insertInto('store').values(rows).compile())
  return async (rows) => {
    for (const chunk of chunks(rows)) await tx.executeQuery(insert(chunk))
  }
}

export interface FoundStore {
  readonly storeId: StoreId
  readonly key: number
  readonly stored: Partial<Pick<StoreTable, 'schedule_key'>> | undefined
}

/** So many stores are as soon read as a part of them is looked up by id. */
const FEW_STORES = 100_000

/**
 * Finds stores, some at a time, each once, perhaps with their schedules: for their keys alone the index is enough. Those that
 * are new get the next keys, in the order of the ids; to store them before the next are asked for is up to the caller.
 */
export function createStoreFinder(
  tx: WriteTx,
  columns: readonly 'schedule_key'[],
): (storeIds: readonly StoreId[]) => Promise<FoundStore[]> {
  let lastKey: number | undefined
  let known = Infinity
  const rows = tx.selectFrom('store').select(['store_key', 'store_id', ...columns])
  const select = compiledOnce((ids: readonly StoreId[]) => rows.where('store_id', 'in', ids).compile())
  const selectBetween = compiledOnce(([first, last]: readonly StoreId[]) =>
    rows.where('store_id', '>=', first!).where('store_id', '<=', last!).orderBy('store_id').compile(),
  )

  function withKeys(ids: readonly StoreId[], found: readonly StoreRow[]): FoundStore[] {
    const rowOf = inSameOrder(ids, found) ?? rowsById(found)
    return ids.map((storeId, i) => {
      const stored = rowOf(storeId, i)
      return { storeId, key: stored?.store_key ?? ++lastKey!, stored }
    })
  }

  return async (storeIds) => {
    lastKey ??= known = await lastStoreKey(tx)
    if (known === 0) return withKeys(storeIds, [])
    if (known <= Math.min(FEW_STORES, 2 * storeIds.length)) return withKeys(storeIds, await rows.execute())
    const stores: FoundStore[] = []
    // Most of all stores are read in their order, in a fraction of the time that it takes to look for each.
    const isMost = known <= 2 * storeIds.length && isAscending(storeIds)
    // Some at a time, as a table of a million is no longer near the processor.
    for (const ids of chunks(storeIds)) {
      const query = isMost ? selectBetween([ids[0]!, ids.at(-1)!]) : select(ids)
      stores.push(...withKeys(ids, (await tx.executeQuery(query)).rows))
    }
    return stores
  }
}

function isAscending(ids: readonly StoreId[]): boolean {
  return ids.every((id, i) => i === 0 || ids[i - 1]! < id)
}

type RowOf = (storeId: StoreId, place: number) => StoreRow | undefined

/** Where all are found in the order in which they are asked for, as they mostly are, nothing is looked up. */
function inSameOrder(ids: readonly StoreId[], found: readonly StoreRow[]): RowOf | undefined {
  const isSame = found.length === ids.length && found.every(({ store_id }, i) => store_id === ids[i])
  return isSame ? (_, place) => found[place] : undefined
}

function rowsById(found: readonly StoreRow[]): RowOf {
  const byId = new Map(found.map((row) => [row.store_id, row]))
  return (storeId) => byId.get(storeId)
}

/** The first ids after one, or of all, in ascending order; of stores in some groups, where these are given. */
export async function nextStoreIds(
  db: Db,
  after: StoreId | undefined,
  count: number,
  labels: readonly StoreLabel[] = [],
): Promise<StoreId[]> {
  const rows = await db
    .selectFrom('store')
    .select('store_id')
    .$if(after !== undefined, (query) => query.where('store_id', '>', after!))
    .$if(labels.length > 0, (query) => query.where(hasLabels(labels)))
    .orderBy('store_id')
    .limit(count)
    .execute()
  return rows.map(({ store_id }) => store_id)
}

/** The id of the store so many behind the first one that is, or comes after, another; undefined where there are not as many. */
export async function storeIdFurtherOn(db: Db, from: StoreId, stores: number): Promise<StoreId | undefined> {
  const row = await db
    .selectFrom('store')
    .select('store_id')
    .where('store_id', '>=', from)
    .orderBy('store_id')
    .offset(stores)
    .limit(1)
    .executeTakeFirst()
  return row?.store_id
}
