import { CompiledQuery } from 'kysely'
import type { StoreId } from '../../../../shared/ids.ts'
import type { Db, PartStores, StoreRules, StoreScheduleKey } from '../dialect.ts'
import { binaryArray, INT4 } from './binary.ts'
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

/** An update, as to insert what is there already costs several times as much. */
export async function writeScheduleKeys(db: Db, stores: readonly StoreScheduleKey[]): Promise<void> {
  const update = `update store set schedule_key = changed.schedule_key
    from unnest($1::int4[], $2::int4[]) as changed (store_key, schedule_key)
    where store.store_key = changed.store_key`
  const storeKeys = stores.map(({ storeKey }) => storeKey)
  const scheduleKeys = stores.map(({ scheduleKey }) => scheduleKey)
  const columns = [binaryArray(INT4, storeKeys), binaryArray(INT4, scheduleKeys)]
  await db.executeQuery(CompiledQuery.raw(update, columns))
}
