import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { StoreLabel } from '../../shared/group.ts'
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

/** The values of a label, by the keys of the stores that have it. */
export async function readLabelValues(db: Db, label: string): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('store_label')
    .select(['store_key', 'value'])
    .where('label', '=', label)
    .execute()
  return new Map(rows.map(({ store_key, value }) => [store_key, value]))
}
