import type { StoreId } from '../../../../shared/ids.ts'
import type { Db, PartStores, StoreRules } from '../dialect.ts'
import { copyOut, quoted } from './copy-rows.ts'

/** By `copy`: the driver takes as long for the fields of a query's rows as all that is done with them. */
export async function readStoreRules(
  db: Db,
  { firstStoreId, nextStoreId, labels = [] }: PartStores,
): Promise<StoreRules[]> {
  const toNext = nextStoreId === null ? '' : `and store_id < ${quoted(nextStoreId)}`
  const inGroups = labels.map(
    ({ label, value }) =>
      `and exists (select from store_label where store_label.store_key = store.store_key and label = ${quoted(label)} and value = ${quoted(value)})`,
  )
  const rows = await copyOut(
    db,
    `select store_key, store_id, schedule_key from store where store_id >= ${quoted(firstStoreId)} ${toNext} ${inGroups.join(' ')} order by store_id`,
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
