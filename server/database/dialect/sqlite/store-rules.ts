import { sql } from 'kysely'
import { hasLabels } from '../../labelled.ts'
import type { Db, PartStores, StoreRules, StoreScheduleKey } from '../dialect.ts'

export function readStoreRules(
  db: Db,
  { firstStoreId, nextStoreId, labels = [] }: PartStores,
): Promise<StoreRules[]> {
  return db
    .selectFrom('store')
    .select(['store_key as storeKey', 'store_id as storeId', 'schedule_key as scheduleKey'])
    .where('store_id', '>=', firstStoreId)
    .$if(nextStoreId !== null, (query) => query.where('store_id', '<', nextStoreId!))
    .$if(labels.length > 0, (query) => query.where(hasLabels(labels)))
    .orderBy('store_id')
    .execute()
}

/** As one text, as to bind a parameter for each number takes a multiple of the time. */
export async function writeScheduleKeys(db: Db, stores: readonly StoreScheduleKey[]): Promise<void> {
  const pairs = JSON.stringify(stores.map(({ storeKey, scheduleKey }) => [storeKey, scheduleKey]))
  await sql`update store set schedule_key = changed.value ->> 1 from json_each(${pairs}) as changed
    where store_key = changed.value ->> 0`.execute(db)
}
