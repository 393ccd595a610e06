import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import type { Database } from './schema.ts'

/** Whether a store is in all of some groups: rule 32 of docs/uptime.md. */
export function hasLabels(labels: readonly StoreLabel[]) {
  return (eb: ExpressionBuilder<Database, 'store'>): Expression<SqlBool> =>
    eb.and(
      labels.map(({ label, value }) =>
        eb.exists(
          eb
            .selectFrom('store_label')
            .select('store_label.label')
            .whereRef('store_label.store_key', '=', 'store.store_key')
            .where('store_label.label', '=', label)
            .where('store_label.value', '=', value),
        ),
      ),
    )
}

export async function isLabelled(db: Db, storeId: StoreId, labels: readonly StoreLabel[]): Promise<boolean> {
  const found = await db
    .selectFrom('store')
    .select('store_key')
    .where('store_id', '=', storeId)
    .where(hasLabels(labels))
    .executeTakeFirst()
  return found !== undefined
}

export async function countLabelled(db: Db, labels: readonly StoreLabel[]): Promise<number> {
  const { stores } = await db
    .selectFrom('store')
    .select((eb) => eb.fn.countAll<number>().as('stores'))
    .where(hasLabels(labels))
    .executeTakeFirstOrThrow()
  return Number(stores)
}

/** Those of some ids that no store in the groups has. */
export async function storesOutside(
  db: Db,
  storeIds: readonly StoreId[],
  labels: readonly StoreLabel[],
): Promise<Set<StoreId>> {
  const outside = new Set(storeIds)
  for (const ids of chunks(storeIds)) {
    const rows = await db
      .selectFrom('store')
      .select('store_id')
      .where('store_id', 'in', ids)
      .where(hasLabels(labels))
      .execute()
    for (const { store_id } of rows) outside.delete(store_id)
  }
  return outside
}

/** Which labels there are, for whoever asked for the groups of one that no store has; null where one has it, or none is asked about. */
export async function hintOfLabel(
  db: Db,
  label: string | undefined,
  groups: readonly { readonly group: string | null }[],
): Promise<string | null> {
  if (label === undefined || groups.length === 0 || groups.some(({ group }) => group !== null)) return null
  const rows = await db.selectFrom('store_label').select('label').distinct().orderBy('label').execute()
  const labels = rows.map((row) => row.label)
  if (labels.includes(label)) return null
  const known =
    labels.length === 0
      ? `none has any: import store details with a column "${label}"`
      : `there are ${labels.join(', ')}`
  return `no store has the label "${label}": ${known}`
}

/** The values that some stores have of a label, by their keys; those without are left out. */
export async function readLabelValues(
  db: Db,
  label: string,
  storeKeys: readonly number[],
): Promise<Map<number, string>> {
  const values = new Map<number, string>()
  for (const keys of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('store_label')
      .select(['store_key', 'value'])
      .where('store_key', 'in', keys)
      .where('label', '=', label)
      .execute()
    for (const { store_key, value } of rows) values.set(store_key, value)
  }
  return values
}

/** The same by their ids. */
export async function readLabelValuesById(
  db: Db,
  label: string,
  storeIds: readonly StoreId[],
): Promise<Map<StoreId, string>> {
  const values = new Map<StoreId, string>()
  for (const ids of chunks(storeIds)) {
    const rows = await db
      .selectFrom('store')
      .innerJoin('store_label', 'store_label.store_key', 'store.store_key')
      .select(['store_id', 'value'])
      .where('store_id', 'in', ids)
      .where('label', '=', label)
      .execute()
    for (const { store_id, value } of rows) values.set(store_id, value)
  }
  return values
}
