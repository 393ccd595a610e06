import type { StoreId } from '../../shared/ids.ts'
import type { Db } from './connect.ts'
import type { PartPlan } from './report-parts.ts'

export interface StoreRules {
  readonly storeKey: number
  readonly storeId: StoreId
  readonly timezone: string | null
  readonly businessHoursKey: number | null
}

type PartStores = Pick<PartPlan, 'firstStoreId' | 'nextStoreId'>

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

/** The packed polls of a part's stores in a week, in no order that is promised. */
export async function readPollWeeks(
  db: Db,
  { firstStoreId, nextStoreId }: PartStores,
  week: number,
): Promise<{ storeKey: number; polls: Uint8Array }[]> {
  return db
    .selectFrom('store')
    .innerJoin('poll_week', 'poll_week.store_key', 'store.store_key')
    .select(['poll_week.store_key as storeKey', 'poll_week.polls'])
    .where('poll_week.week', '=', week)
    .where('store_id', '>=', firstStoreId)
    .$if(nextStoreId !== null, (query) => query.where('store_id', '<', nextStoreId!))
    .execute()
}

/** The weekly rules with a key above `afterKey`, as their JSON. A rule never changes once it has a key. */
export async function readBusinessHours(
  db: Db,
  afterKey: number,
): Promise<{ businessHoursKey: number; spans: string }[]> {
  return db
    .selectFrom('business_hours')
    .select(['business_hours_key as businessHoursKey', 'spans'])
    .where('business_hours_key', '>', afterKey)
    .orderBy('business_hours_key')
    .execute()
}
