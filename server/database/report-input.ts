import { sql } from 'kysely'
import type { StoreId } from '../../shared/ids.ts'
import type { WeeklySpan } from '../../shared/store.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { concatenatedBytes, numbersAsJson } from './dialect/sqlite/aggregates.ts'
import type { PartPlan } from './report-parts.ts'
import { spansOfText } from './weekly-spans.ts'

export interface StoreRules {
  readonly storeKey: number
  readonly storeId: StoreId
  readonly timezone: string | null
  readonly businessHoursKey: number | null
}

/** Stores that follow each other in `store_id`. */
export type PartStores = Pick<PartPlan, 'firstStoreId' | 'nextStoreId'>

/** The stores of a part and the keys of their rules, in ascending order of id. */
export async function readStoreRules(
  db: Db,
  { firstStoreId, nextStoreId }: PartStores,
): Promise<StoreRules[]> {
  return db
    .selectFrom('store')
    .select([
      'store_key as storeKey',
      'store_id as storeId',
      'timezone',
      'business_hours_key as businessHoursKey',
    ])
    .where('store_id', '>=', firstStoreId)
    .$if(nextStoreId !== null, (query) => query.where('store_id', '<', nextStoreId!))
    .orderBy('store_id')
    .execute()
}

/** The packed polls of a part's stores in a week: how many bytes each store has, in ascending order of id, and all of them. */
export interface PartPolls {
  readonly lengths: readonly number[]
  readonly polls: Uint8Array
}

/**
 * Reads a part's polls of a week as one row: to hand over a row for each store takes the driver several times as long
 * as to read its bytes. Read in one transaction with the part's stores, as the lengths are matched with them by order.
 */
export async function readPartPolls(
  db: Db,
  { firstStoreId, nextStoreId }: PartStores,
  week: number,
): Promise<PartPolls> {
  const inOrder = db
    .selectFrom('store')
    .leftJoin('poll_week', (join) =>
      join.onRef('poll_week.store_key', '=', 'store.store_key').on('poll_week.week', '=', week),
    )
    .select(({ fn }) => ['polls', fn.coalesce(fn<number>('length', ['polls']), sql.lit(0)).as('byte_count')])
    .where('store_id', '>=', firstStoreId)
    .$if(nextStoreId !== null, (query) => query.where('store_id', '<', nextStoreId!))
    .orderBy('store_id')
  const { lengths, polls } = await db
    .selectFrom(inOrder.as('in_order'))
    .select(({ ref }) => [
      numbersAsJson(ref('byte_count')).as('lengths'),
      concatenatedBytes(ref('polls')).as('polls'),
    ])
    .executeTakeFirstOrThrow()
  return { lengths: JSON.parse(lengths) as number[], polls: polls ?? new Uint8Array() }
}

/** Weekly rules by their keys. A rule never changes once it has a key. */
export async function readBusinessHours(
  db: Db,
  keys: readonly number[],
): Promise<{ businessHoursKey: number; spans: WeeklySpan[] }[]> {
  const rules = []
  for (const chunk of chunks(keys)) {
    const rows = await db
      .selectFrom('business_hours')
      .selectAll()
      .where('business_hours_key', 'in', chunk)
      .execute()
    for (const row of rows) {
      rules.push({ businessHoursKey: row.business_hours_key, spans: spansOfText(row.spans) })
    }
  }
  return rules
}
