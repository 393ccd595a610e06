import type { StoreId } from '../../../../shared/ids.ts'
import type { Db, PartStores, StoreRules } from '../dialect.ts'
import { copyOut, quoted } from './copy-rows.ts'

/** By `copy`: the driver takes as long for the fields of a query's rows as all that is done with them. */
export async function readStoreRules(
  db: Db,
  { firstStoreId, nextStoreId }: PartStores,
): Promise<StoreRules[]> {
  const toNext = nextStoreId === null ? '' : `and store_id < ${quoted(nextStoreId)}`
  const rows = await copyOut(
    db,
    `select store_key, store_id, schedule_key from store where store_id >= ${quoted(firstStoreId)} ${toNext} order by store_id`,
  )
  const stores: StoreRules[] = []
  while (rows.next()) {
    stores.push({
      storeKey: rows.int4()!,
      storeId: rows.text() as StoreId,
      scheduleKey: rows.int4(),
    })
  }
  return stores
}
