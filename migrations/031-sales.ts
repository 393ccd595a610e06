import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What stores take, to tell what was lost while they were down. */
export function sales(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await types
        .clustered(db.schema.createTable('order_week'))
        .addColumn('store_key', 'integer', (column) =>
          types.referencesKept(column.notNull(), 'store.store_key'),
        )
        .addColumn('week', 'integer', (column) => column.notNull())
        .addColumn('hours', types.bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('order_week_primary_key', ['store_key', 'week'])
        .execute()
      await types
        .clustered(db.schema.createTable('store_revenue'))
        .addColumn('store_key', 'integer', (column) =>
          types.referencesKept(column.primaryKey().notNull(), 'store.store_key'),
        )
        .addColumn('currency', 'text')
        .addColumn('given', 'text')
        .execute()
    },
  }
}
