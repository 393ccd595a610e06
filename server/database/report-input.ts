import type { StoreId } from '../../shared/ids.ts'
import type { WeeklySpan } from '../../shared/store.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import type { PartPlan } from './report-plan.ts'
import { spansOfText } from './weekly-spans.ts'

export interface StoreRules {
  readonly storeKey: number
  readonly storeId: StoreId
  readonly timezone: string | null
  readonly businessHoursKey: number | null
}

/** Stores that follow each other in `store_id`. */
export type PartStores = Pick<PartPlan, 'firstStoreId' | 'nextStoreId'>

/** The stores of a part and the keys of their rules, in ascending order of id, polled or not: rule 16 of docs/uptime.md. */
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
