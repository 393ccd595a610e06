import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What is pulled by a schedule: how the last time went, and who is at it. */
export function sources(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('source')
        .addColumn('name', types.byteOrderedText, (column) => column.primaryKey())
        .addColumn('read_as', 'text')
        .addColumn('etag', 'text')
        .addColumn('last_modified', 'text')
        .addColumn('sha256', 'text')
        .addColumn('last_attempt_at', 'bigint')
        .addColumn('last_success_at', 'bigint')
        .addColumn('last_outcome', 'text')
        .addColumn('last_import_id', 'bigint')
        .addColumn('last_error', 'text')
        .addColumn('failures', 'bigint', (column) => column.notNull().defaultTo(0))
        .addColumn('retry_at', 'bigint')
        .addColumn('claimed_by', 'text')
        .addColumn('claimed_until', 'bigint')
        .execute()
    },
  }
}
