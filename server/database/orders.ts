import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import {
  bytesOfOrders,
  HOURS_OF_WEEK,
  ordersOfBytes,
  orderWeekAfter,
  unknownOrders,
  type OrderWeek,
} from '../uptime/sales/order-week.ts'
import type { Changed } from './changed.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { readCurrencies, setCurrencies } from './store-revenue.ts'
import { keysOfStores } from './stores.ts'
import { pauseIn, type WriteTx } from './write-alone.ts'

/** The orders of a file. */
export interface OrdersOfStores {
  /** The hours, counted from the epoch, from its first to its last order: what it says of the stores that it names is of them all. */
  readonly firstHour: number
  readonly lastHour: number
  /** In ascending order of id, each once. */
  readonly stores: Iterable<StoreOrders>
}

export interface StoreOrders {
  readonly storeId: StoreId
  /** How many the file has. */
  readonly rows: number
  /** undefined where the file does not say. */
  readonly currency: string | undefined
  readonly weeks: ReadonlyMap<number, OrderWeek>
}

/** A store has a row for each week. */
const STORES_AT_ONCE = 50

/** Puts what a file says in place of what was known of its hours, and returns what changed. Stores are known or new. */
export async function setOrders(
  tx: WriteTx,
  { firstHour, lastHour, stores }: OrdersOfStores,
): Promise<Changed> {
  const [firstWeek, lastWeek] = [firstHour, lastHour].map((hour) => Math.floor(hour / HOURS_OF_WEEK))
  let changedRows = 0
  const storeKeys: number[] = []
  for (const some of chunks(stores, STORES_AT_ONCE)) {
    await pauseIn(tx)
    const keys = await keysOfStores(
      tx,
      some.map(({ storeId }) => storeId),
    )
    const stored = await readStoredWeeks(tx, keys, firstWeek!, lastWeek!)
    const currencies = await readCurrencies(tx, keys)
    const rows: { store_key: number; week: number; hours: Uint8Array }[] = []
    const newCurrencies = new Map<number, string>()
    for (const [i, { rows: ofStore, currency, weeks }] of some.entries()) {
      const storeKey = keys[i]!
      const isOther = currency !== undefined && currency !== currencies.get(storeKey)
      if (isOther) newCurrencies.set(storeKey, currency)
      let isChanged = isOther
      for (const [week, file] of weeks) {
        const before = stored.get(storeKey)?.get(week)
        const isAtItsEnds = (hour: number) => [firstHour, lastHour].includes(week * HOURS_OF_WEEK + hour)
        const after = orderWeekAfter(
          before === undefined ? unknownOrders() : ordersOfRow(before, storeKey, week),
          file,
          isAtItsEnds,
        )
        const hours = bytesOfOrders(after)
        if (before !== undefined && Buffer.compare(before, hours) === 0) continue
        isChanged = true
        rows.push({ store_key: storeKey, week, hours })
      }
      if (!isChanged) continue
      changedRows += ofStore
      storeKeys.push(storeKey)
    }
    await writeWeeks(tx, rows)
    await setCurrencies(tx, newCurrencies)
  }
  return { rows: changedRows, storeKeys }
}

async function writeWeeks(
  tx: WriteTx,
  rows: readonly { store_key: number; week: number; hours: Uint8Array }[],
): Promise<void> {
  for (const chunk of chunks(rows)) {
    await tx
      .insertInto('order_week')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['store_key', 'week']).doUpdateSet((eb) => ({ hours: eb.ref('excluded.hours') })),
      )
      .execute()
  }
}

type WeeksOfStores<Week> = ReadonlyMap<number, ReadonlyMap<number, Week>>

/** The orders of stores in UTC weeks from one to another, by store key and week. Throws a `damaged` AppError. */
export async function readOrders(
  db: Db,
  storeKeys: readonly number[],
  firstWeek: number,
  lastWeek: number,
): Promise<WeeksOfStores<OrderWeek>> {
  const stored = await readStoredWeeks(db, storeKeys, firstWeek, lastWeek)
  const read = new Map<number, ReadonlyMap<number, OrderWeek>>()
  for (const [storeKey, weeks] of stored) {
    read.set(
      storeKey,
      new Map(Array.from(weeks, ([week, hours]) => [week, ordersOfRow(hours, storeKey, week)])),
    )
  }
  return read
}

async function readStoredWeeks(
  db: Db,
  storeKeys: readonly number[],
  firstWeek: number,
  lastWeek: number,
): Promise<WeeksOfStores<Uint8Array>> {
  const found = new Map<number, Map<number, Uint8Array>>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('order_week')
      .selectAll()
      .where('store_key', 'in', keys)
      .where('week', '>=', firstWeek)
      .where('week', '<=', lastWeek)
      .orderBy('store_key')
      .orderBy('week')
      .execute()
    for (const { store_key, week, hours } of rows) {
      const ofStore = found.get(store_key) ?? new Map<number, Uint8Array>()
      found.set(store_key, ofStore)
      ofStore.set(week, hours)
    }
  }
  return found
}

function ordersOfRow(hours: Uint8Array, storeKey: number, week: number): OrderWeek {
  try {
    return ordersOfBytes(hours)
  } catch (error) {
    throw new AppError(
      'damaged',
      `the database is damaged: the orders of the store with the key ${storeKey} in week ${week} are not as they were written. Put a backup in its place`,
      { cause: error },
    )
  }
}
