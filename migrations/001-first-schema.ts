import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

export function firstSchema(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('business_hours')
        .addColumn('business_hours_key', 'integer', (column) => column.primaryKey())
        .addColumn('spans', 'text', types.uniqueLongText)
        .execute()
      await types.finishTable(db, 'business_hours', { longText: ['spans'] })

      await db.schema
        .createTable('store')
        .addColumn('store_key', 'integer', (column) => column.primaryKey())
        .addColumn('store_id', types.byteOrderedText, (column) => column.notNull().unique())
        .addColumn('timezone', 'text')
        .addColumn('business_hours_key', 'integer', (column) =>
          types.referencesKept(column, 'business_hours.business_hours_key'),
        )
        .execute()

      await types
        .clustered(db.schema.createTable('poll_week'))
        .addColumn('week', 'integer', (column) => column.notNull())
        .addColumn('store_key', 'integer', (column) =>
          types.referencesKept(column.notNull(), 'store.store_key'),
        )
        .addColumn('polls', types.bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('poll_week_primary_key', ['week', 'store_key'])
        .execute()
      await types.finishTable(db, 'poll_week', { uncompressed: ['polls'] })

      await db.schema
        .createTable('poll_week_summary')
        .addColumn('week', 'integer', (column) => column.primaryKey())
        .addColumn('poll_count', 'bigint', (column) => column.notNull())
        .addColumn('latest_poll_at', 'bigint', (column) => column.notNull())
        .execute()

      await db.schema
        .createTable('import')
        .addColumn('import_id', 'integer', types.generatedKey)
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('sha256', 'text')
        .addColumn('rows_accepted', 'bigint', (column) => column.notNull())
        .addColumn('rows_changed', 'bigint', (column) => column.notNull())
        .addColumn('rows_repeated', 'bigint', (column) => column.notNull())
        .addColumn('rows_rejected', 'bigint', (column) => column.notNull())
        .addColumn('failure', 'text')
        .addColumn('started_at', 'bigint', (column) => column.notNull())
        .addColumn('finished_at', 'bigint')
        .execute()

      await db.schema
        .createTable('rejected_row')
        .addColumn('import_id', 'integer', (column) =>
          column.notNull().references('import.import_id').onDelete('cascade'),
        )
        .addColumn('line', 'bigint', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('rejected_row_primary_key', ['import_id', 'line'])
        .execute()

      await db.schema
        .createTable('report')
        .addColumn('report_key', 'integer', types.generatedKey)
        .addColumn('report_id', 'text', (column) => column.notNull().unique())
        .addColumn('request_key', 'text')
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('as_of', 'bigint', (column) => column.notNull())
        .addColumn('requested_as_of', 'bigint')
        .addColumn('interpolation', 'text', (column) => column.notNull())
        .addColumn('reach_ms', 'integer', (column) => column.notNull())
        .addColumn('stores_total', 'integer', (column) => column.notNull())
        .addColumn('stores_done', 'integer', (column) => column.notNull())
        .addColumn('failure', 'text')
        .addColumn('requested_at', 'bigint', (column) => column.notNull())
        .addColumn('started_at', 'bigint')
        .addColumn('finished_at', 'bigint')
        .execute()

      await db.schema
        .createIndex('report_request_key_index')
        .on('report')
        .columns(['request_key', 'requested_at'])
        .execute()

      await db.schema
        .createTable('report_part')
        .addColumn('report_key', 'integer', (column) =>
          column.notNull().references('report.report_key').onDelete('cascade'),
        )
        .addColumn('part', 'integer', (column) => column.notNull())
        .addColumn('first_store_id', types.byteOrderedText, (column) => column.notNull())
        .addColumn('store_count', 'integer', (column) => column.notNull())
        .addColumn('totals', types.bytes)
        .addColumn('csv', types.bytes)
        .addColumn('csv_bytes', 'integer')
        .addPrimaryKeyConstraint('report_part_primary_key', ['report_key', 'part'])
        .execute()
      await types.finishTable(db, 'report_part', { uncompressed: ['totals', 'csv'] })
    },
  }
}
