import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What asks stores by turns: how far it is, who is at it, and what came of the turns by hour. */
export function pollers(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('poller')
        .addColumn('name', types.byteOrderedText, (column) => column.primaryKey())
        .addColumn('asked_until', 'bigint')
        .addColumn('stores', 'bigint')
        .addColumn('last_answer_at', 'bigint')
        .addColumn('pause_since', 'bigint')
        .addColumn('pause_until', 'bigint')
        .addColumn('claimed_by', 'text')
        .addColumn('claimed_until', 'bigint')
        .execute()
      await db.schema
        .createTable('poller_hour')
        .addColumn('poller', types.byteOrderedText, (column) => column.notNull())
        .addColumn('hour', 'bigint', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('turns', 'bigint', (column) => column.notNull())
        .addColumn('example', 'text')
        .addPrimaryKeyConstraint('poller_hour_primary_key', ['poller', 'hour', 'outcome'])
        .execute()
    },
  }
}
