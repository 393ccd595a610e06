import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/**
 * What changed the data, when, by whom and why; the keys of stores that were deleted, which are never given again; what an
 * import has touched, null where that was not recorded.
 */
export function changes(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('change')
        .addColumn('change_id', 'integer', types.generatedKey)
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('import_id', 'integer', (column) => column.references('import.import_id'))
        .addColumn('store_id', types.byteOrderedText)
        .addColumn('correction_id', 'integer')
        .addColumn('labels', 'text')
        .addColumn('from_at', 'bigint')
        .addColumn('to_at', 'bigint')
        .addColumn('polls', 'bigint')
        .addColumn('stores', 'bigint')
        .addColumn('author', 'text')
        .addColumn('reason', 'text')
        .addColumn('what', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('change_store_index')
        .on('change')
        .columns(['store_id', 'change_id'])
        .execute()
      await types.makeAppendOnly(db, 'change')

      await db.schema
        .createTable('deleted_store')
        .addColumn('store_key', 'integer', (column) => column.primaryKey())
        .addColumn('store_id', types.byteOrderedText, (column) => column.notNull())
        .addColumn('deleted_at', 'bigint', (column) => column.notNull())
        .execute()

      for (const column of ['stores_touched', 'first_poll_at', 'last_poll_at'] as const) {
        await db.schema.alterTable('import').addColumn(column, 'bigint').execute()
      }
    },
  }
}
