import { hasLabels } from '../../labelled.ts'
import type { Db, PartStores, StoreRules } from '../dialect.ts'

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
