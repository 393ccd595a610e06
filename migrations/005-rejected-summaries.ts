import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** How many rows of an import were rejected, by reason and by store, whatever their number. */
export function rejectedSummaries(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('rejected_reason')
        .addColumn('import_id', 'integer', (column) =>
          column.notNull().references('import.import_id').onDelete('cascade'),
        )
        .addColumn('reason_number', 'integer', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('rows', 'bigint', (column) => column.notNull())
        .addColumn('first_line', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('rejected_reason_primary_key', ['import_id', 'reason_number'])
        .execute()

      await types
        .clustered(db.schema.createTable('rejected_store'))
        .addColumn('import_id', 'integer', (column) =>
          column.notNull().references('import.import_id').onDelete('cascade'),
        )
        .addColumn('store_id', types.byteOrderedText, (column) => column.notNull())
        .addColumn('reason_number', 'integer', (column) => column.notNull())
        .addColumn('rows', 'bigint', (column) => column.notNull())
        .addColumn('first_line', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('rejected_store_primary_key', ['import_id', 'store_id', 'reason_number'])
        .execute()
    },
  }
}
