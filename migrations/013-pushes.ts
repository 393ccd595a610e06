import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Polls that are pushed: when the last were, how many by hour, and what pushes with a key were answered. */
export function pushes(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .alterTable('poll_batch')
        .addColumn('pushed_at', 'bigint', (column) => column.notNull().defaultTo(0))
        .execute()
      await db.schema
        .createTable('push_hour')
        .addColumn('hour', 'bigint', (column) => column.notNull())
        .addColumn('source', types.byteOrderedText, (column) => column.notNull())
        .addColumn('pushes', 'bigint', (column) => column.notNull())
        .addColumn('rows_accepted', 'bigint', (column) => column.notNull())
        .addColumn('rows_changed', 'bigint', (column) => column.notNull())
        .addColumn('rows_rejected', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('push_hour_primary_key', ['hour', 'source'])
        .execute()
      await db.schema
        .createTable('push_answer')
        .addColumn('push_key', types.byteOrderedText, (column) => column.primaryKey())
        .addColumn('sha256', 'text', (column) => column.notNull())
        .addColumn('answer', 'text', (column) => column.notNull())
        .addColumn('answered_at', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('push_answer_answered_at_index')
        .on('push_answer')
        .column('answered_at')
        .execute()
    },
  }
}
