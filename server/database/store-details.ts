import type { StoreId } from '../../shared/ids.ts'
import type { Changed } from './changed.ts'
import { chunks } from './chunks.ts'
import { lastStoreKey } from './store-ids.ts'
import { keysOfStores } from './stores.ts'
import { pauseIn, type WriteTx } from './write-alone.ts'

/** What a store is called and which groups it is in: rule 32 of docs/uptime.md. */
export interface StoreDetails {
  readonly storeId: StoreId
  readonly name: string | null
  /** An empty value takes the label away. */
  readonly labels: Readonly<Record<string, string>>
  readonly rows: number
}

/**
 * Sets the names and labels of stores, known or new, which keep the labels that are not named, and returns what
 * changed. `stores` are in ascending order of id, each once.
 */
export async function setStoreDetails(tx: WriteTx, stores: readonly StoreDetails[]): Promise<Changed> {
  let changedRows = 0
  const storeKeys: number[] = []
  const lastKey = await lastStoreKey(tx)
  for (const chunk of chunks(stores)) {
    await pauseIn(tx)
    const keys = await keysOfStores(
      tx,
      chunk.map(({ storeId }) => storeId),
    )
    const names = await tx
      .selectFrom('store')
      .select(['store_key', 'name'])
      .where('store_key', 'in', keys)
      .execute()
    const nameOf = new Map(names.map(({ store_key, name }) => [store_key, name]))
    const labels = await tx.selectFrom('store_label').selectAll().where('store_key', 'in', keys).execute()
    const valueOf = new Map(labels.map(({ store_key, label, value }) => [`${store_key} ${label}`, value]))
    for (const [i, { name, labels, rows }] of chunk.entries()) {
      const storeKey = keys[i]!
      let isChanged = storeKey > lastKey
      if ((nameOf.get(storeKey) ?? null) !== name) {
        isChanged = true
        await tx.updateTable('store').set({ name }).where('store_key', '=', storeKey).execute()
      }
      for (const [label, value] of Object.entries(labels)) {
        if ((valueOf.get(`${storeKey} ${label}`) ?? '') === value) continue
        isChanged = true
        await setLabel(tx, storeKey, label, value)
      }
      if (!isChanged) continue
      changedRows += rows
      storeKeys.push(storeKey)
    }
  }
  return { rows: changedRows, storeKeys }
}

async function setLabel(tx: WriteTx, storeKey: number, label: string, value: string): Promise<void> {
  await tx.deleteFrom('store_label').where('store_key', '=', storeKey).where('label', '=', label).execute()
  if (value !== '') await tx.insertInto('store_label').values({ store_key: storeKey, label, value }).execute()
}
