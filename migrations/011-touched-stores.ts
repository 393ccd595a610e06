import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Which stores a change of several touched: by blocks of keys, packed. None are kept of changes of before. */
export function touchedStores(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await types
        .clustered(db.schema.createTable('touched_stores'))
        .addColumn('change_id', 'integer', (column) => column.notNull().references('change.change_id'))
        .addColumn('block', 'integer', (column) => column.notNull())
        .addColumn('stores', types.bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('touched_stores_primary_key', ['change_id', 'block'])
        .execute()
      await db.schema.createIndex('change_import_index').on('change').column('import_id').execute()
    },
  }
}
