import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Totals of stores by ISO week, kept so that they need not be judged again. */
export function keptWeeks(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('kept_state')
        .addColumn('data_version', 'bigint', (column) => column.notNull())
        .addColumn('program_version', 'text')
        .addColumn('zone_data_version', 'text')
        .execute()
      await (db as Kysely<{ kept_state: { data_version: number } }>)
        .insertInto('kept_state')
        .values({ data_version: 0 })
        .execute()

      await db.schema
        .createTable('kept_week')
        .addColumn('week', 'integer', (column) => column.primaryKey())
        .execute()

      await types
        .clustered(db.schema.createTable('kept_totals'))
        .addColumn('week', 'integer', (column) => column.notNull())
        .addColumn('store_key', 'integer', (column) => column.notNull())
        .addColumn('totals', types.bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('kept_totals_primary_key', ['week', 'store_key'])
        .execute()
      await types.finishTable(db, 'kept_totals', { uncompressed: ['totals'] })
    },
  }
}
