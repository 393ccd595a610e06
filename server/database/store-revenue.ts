import type { StoreId } from '../../shared/ids.ts'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreRevenue } from '../../shared/store-revenue.ts'
import type { Changed } from './changed.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { hasLabels } from './labelled.ts'
import { keyOfStore, keysOfStores } from './stores.ts'
import { pauseIn, type WriteTx } from './write-alone.ts'

/** What people say a store takes in an hour, in hundredths: one number, or one or null for each hour of the week. */
export type GivenRevenue = readonly (number | null)[]

export interface NewRevenue {
  readonly storeId: StoreId
  readonly rows: number
  /** undefined where it is not said. */
  readonly currency: string | undefined
  /** null: nothing any more. */
  readonly given: GivenRevenue | null
}

/** Says what stores take, known or new, in place of what was said of them, and returns what changed. Each is there once, in ascending order of id. */
export async function setRevenue(tx: WriteTx, stores: readonly NewRevenue[]): Promise<Changed> {
  let changedRows = 0
  const storeKeys: number[] = []
  for (const chunk of chunks(stores)) {
    await pauseIn(tx)
    const keys = await keysOfStores(
      tx,
      chunk.map(({ storeId }) => storeId),
    )
    const before = await readRevenue(tx, keys)
    const rows = chunk.flatMap(({ currency, given, rows: ofStore }, i) => {
      const storeKey = keys[i]!
      const row = {
        store_key: storeKey,
        currency: currency ?? before.get(storeKey)?.currency ?? null,
        given: given && JSON.stringify(given),
      }
      const { currency: currencyBefore = null, given: givenBefore } = before.get(storeKey) ?? {}
      const textBefore = givenBefore === undefined ? null : JSON.stringify(givenBefore)
      if (row.currency === currencyBefore && row.given === textBefore) return []
      changedRows += ofStore
      storeKeys.push(storeKey)
      return [row]
    })
    if (rows.length === 0) continue
    await tx
      .insertInto('store_revenue')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('store_key').doUpdateSet((eb) => ({
          currency: eb.ref('excluded.currency'),
          given: eb.ref('excluded.given'),
        })),
      )
      .execute()
  }
  return { rows: changedRows, storeKeys }
}

export async function setCurrencies(tx: WriteTx, currencies: ReadonlyMap<number, string>): Promise<void> {
  const rows = Array.from(currencies, ([store_key, currency]) => ({ store_key, currency, given: null }))
  for (const chunk of chunks(rows)) {
    await tx
      .insertInto('store_revenue')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.column('store_key').doUpdateSet((eb) => ({ currency: eb.ref('excluded.currency') })),
      )
      .execute()
  }
}

export interface StoredRevenue {
  readonly currency: string | null
  readonly given: GivenRevenue | undefined
}

/** By store key; stores of which nothing was said are left out. */
export async function readRevenue(
  db: Db,
  storeKeys: readonly number[],
): Promise<ReadonlyMap<number, StoredRevenue>> {
  const found = new Map<number, StoredRevenue>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db.selectFrom('store_revenue').selectAll().where('store_key', 'in', keys).execute()
    for (const { store_key, currency, given } of rows) {
      const parsed = given === null ? undefined : (JSON.parse(given) as GivenRevenue)
      found.set(store_key, { currency, given: parsed })
    }
  }
  return found
}

/** What is said of a store. Throws a `not-found` AppError where there is no such store. */
export async function readStoreRevenue(db: Db, storeId: StoreId): Promise<StoreRevenue> {
  const storeKey = await keyOfStore(db, storeId)
  const { currency = null, given = [] } = (await readRevenue(db, [storeKey])).get(storeKey) ?? {}
  const amounts = given.map((hundredths) => (hundredths === null ? null : hundredths / 100))
  return { storeId, currency, perHour: amounts.length > 1 ? amounts : (amounts[0] ?? null) }
}

export async function readCurrencies(
  db: Db,
  storeKeys: readonly number[],
): Promise<ReadonlyMap<number, string | null>> {
  const revenue = await readRevenue(db, storeKeys)
  return new Map(Array.from(revenue, ([storeKey, { currency }]) => [storeKey, currency]))
}

/** The first so many stores, by id, of those in some groups that have orders in UTC weeks from one to another. */
export async function storesWithOrders(
  db: Db,
  labels: readonly StoreLabel[],
  { firstWeek, lastWeek, limit }: { firstWeek: number; lastWeek: number; limit: number },
): Promise<{ readonly storeId: StoreId; readonly storeKey: number }[]> {
  return db
    .selectFrom('store')
    .select(['store_id as storeId', 'store_key as storeKey'])
    .$if(labels.length > 0, (query) => query.where(hasLabels(labels)))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('order_week')
          .select('order_week.week')
          .whereRef('order_week.store_key', '=', 'store.store_key')
          .where('order_week.week', '>=', firstWeek)
          .where('order_week.week', '<=', lastWeek),
      ),
    )
    .orderBy('store_id')
    .limit(limit)
    .execute()
}

/** Whether anything is known of what any store takes. */
export async function hasRevenue(db: Db): Promise<boolean> {
  const ordered = await db.selectFrom('order_week').select('week').limit(1).executeTakeFirst()
  if (ordered !== undefined) return true
  const given = await db.selectFrom('store_revenue').select('store_key').limit(1).executeTakeFirst()
  return given !== undefined
}
