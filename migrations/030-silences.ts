import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Times in which some of what happens is not told. */
export function silences(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('silence')
        .addColumn('silence_id', 'integer', types.generatedKey)
        .addColumn('matchers', 'text', (column) => column.notNull())
        .addColumn('from_at', 'bigint', (column) => column.notNull())
        .addColumn('to_at', 'bigint', (column) => column.notNull())
        .addColumn('author', 'text')
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('ended_at', 'bigint')
        .addColumn('ended_by', 'text')
        .execute()
      await db.schema.alterTable('outbox').addColumn('silence_id', 'integer').execute()
    },
  }
}
