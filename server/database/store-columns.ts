/** What is asked of many stores at once. */
import { sql, type RawBuilder } from 'kysely'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Words } from '../uptime/words.ts'
import { chunks } from './chunks.ts'
import { hasLabels } from './labelled.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { numbers, numbersOf } from './number-list.ts'
import { substringPattern } from './substring-pattern.ts'

/** Which stores are meant; all where nothing is said. */
export interface StoresWanted {
  /** What their ids contain. */
  readonly storeId?: string | undefined
  /** What their ids or names contain. */
  readonly search?: string | undefined
  /** The groups that they are in. */
  readonly labels?: readonly StoreLabel[] | undefined
}

/** The keys of the stores that are meant, in no order; undefined where all are. */
export async function findStoreKeys(
  db: Db,
  { storeId, search, labels = [] }: StoresWanted,
): Promise<Words | undefined> {
  const contains = (column: string, text: string) =>
    sql<boolean>`lower(${sql.ref(column)}) like ${substringPattern(text)} escape '\\'`
  const conditions: RawBuilder<boolean>[] = labels.map(
    ({ label, value }) =>
      sql`store_key in (select store_key from store_label where label = ${label} and value = ${value})`,
  )
  if (storeId) conditions.push(contains('store_id', storeId))
  if (search) conditions.push(sql`(${contains('store_id', search)} or ${contains('name', search)})`)
  if (conditions.length === 0) return undefined
  const { keys } = await db
    .selectFrom('store')
    .select(numbers('store_key').as('keys'))
    .where(sql.join<boolean>(conditions, sql` and `))
    .executeTakeFirstOrThrow()
  return numbersOf(keys)
}

/** The keys of the stores that have a name, in the order of their names, whatever the case. */
export async function storeKeysByName(db: Db): Promise<Words> {
  const name = dialectOf(db).columnTypes.inByteOrder(sql<string>`lower(name)`)
  const inOrder = db
    .selectFrom('store')
    .select('store_key')
    .where('name', 'is not', null)
    .orderBy(name)
    .orderBy('store_id')
  const { keys } = await db
    .selectFrom(inOrder.as('named'))
    .select(numbers('store_key').as('keys'))
    .executeTakeFirstOrThrow()
  return numbersOf(keys)
}

/** As the text of a million numbers would take many times the memory of these. */
const KEYS_AT_ONCE = 65_536

/** The key of each store, and that of its schedule; 0 where it has none. */
export async function eachScheduleKey(
  db: Db,
  take: (storeKey: number, scheduleKey: number) => void,
): Promise<void> {
  const least = await outermost('asc')
  const most = await outermost('desc')
  for (let from = least; from <= most; from += KEYS_AT_ONCE) {
    const next = Math.min(most + 1, from + KEYS_AT_ONCE)
    const some = db
      .selectFrom('store')
      .select(['store_key', sql<number>`coalesce(schedule_key, 0)`.as('schedule')])
      .where('store_key', '>=', from)
      .where('store_key', '<', next)
      .orderBy('store_key')
    const lists = db.selectFrom(some.as('some')).select(numbers('schedule').as('schedules'))
    let keys: Words | undefined
    let schedules = numbersOf((await lists.executeTakeFirstOrThrow()).schedules)
    // Mostly no key is left out, and they need not be read to be known.
    if (schedules.length < next - from) {
      const both = await lists.select(numbers('store_key').as('keys')).executeTakeFirstOrThrow()
      keys = numbersOf(both.keys)
      schedules = numbersOf(both.schedules)
    }
    for (let i = 0; i < schedules.length; i++) take(keys === undefined ? from + i : keys[i]!, schedules[i]!)
  }

  /** The first or last key; one that is before the first, or behind the last, where there are no stores. */
  async function outermost(order: 'asc' | 'desc'): Promise<number> {
    const found = await db
      .selectFrom('store')
      .select('store_key')
      .orderBy('store_key', order)
      .limit(1)
      .execute()
    return found[0]?.store_key ?? (order === 'asc' ? 0 : -1)
  }
}

export interface ListedStore {
  readonly store_key: number
  readonly store_id: StoreId
  readonly name: string | null
  readonly schedule_key: number | null
}

/** Stores by their keys, also those that were deleted. */
export async function readListedStores(
  db: Db,
  storeKeys: readonly number[],
): Promise<ReadonlyMap<number, ListedStore>> {
  const stores = new Map<number, ListedStore>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('store')
      .select(['store_key', 'store_id', 'name', 'schedule_key'])
      .where('store_key', 'in', keys)
      .execute()
    for (const row of rows) stores.set(row.store_key, row)
  }
  const missing = storeKeys.filter((key) => !stores.has(key))
  for (const keys of chunks(missing)) {
    const rows = await db
      .selectFrom('deleted_store')
      .select(['store_key', 'store_id'])
      .where('store_key', 'in', keys)
      .execute()
    for (const row of rows) stores.set(row.store_key, { ...row, name: null, schedule_key: null })
  }
  return stores
}

/** The labels that any store has, or any that is in some groups, in order. */
export async function listLabels(db: Db, groups: readonly StoreLabel[] = []): Promise<string[]> {
  const rows = await db
    .selectFrom('store_label')
    .select('store_label.label')
    .distinct()
    .$if(groups.length > 0, (query) =>
      query.where('store_label.store_key', 'in', (eb) =>
        eb.selectFrom('store').select('store.store_key').where(hasLabels(groups)),
      ),
    )
    .orderBy('store_label.label')
    .execute()
  return rows.map(({ label }) => label).sort()
}
