import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Which digests were told, of which period, and who is at one. */
export function digests(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('digest')
        .addColumn('name', types.byteOrderedText, (column) => column.notNull())
        .addColumn('period', types.byteOrderedText, (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('due_at', 'bigint', (column) => column.notNull())
        .addColumn('recorded_at', 'bigint')
        .addColumn('report_id', 'text')
        .addColumn('last_event_key', 'integer')
        .addColumn('claimed_by', 'text')
        .addColumn('claimed_until', 'bigint')
        .addPrimaryKeyConstraint('digest_primary_key', ['name', 'period'])
        .execute()
      await db.schema.createIndex('alert_event_at_index').on('alert_event').column('at').execute()
    },
  }
}
