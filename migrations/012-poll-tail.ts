import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Polls that came of late, before they go to the weeks of their stores. */
export function pollTail(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await types
        .clustered(db.schema.createTable('poll_tail'))
        .addColumn('week', 'integer', (column) => column.notNull())
        .addColumn('chunk', 'integer', (column) => column.notNull())
        .addColumn('batch', 'bigint', (column) => column.notNull())
        .addColumn('poll_count', 'integer', (column) => column.notNull())
        .addColumn('latest_poll_at', 'bigint', (column) => column.notNull())
        .addColumn('polls', types.bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('poll_tail_primary_key', ['week', 'chunk', 'batch'])
        .execute()
      await types.finishTable(db, 'poll_tail', { uncompressed: ['polls'] })

      await db.schema
        .createTable('poll_batch')
        .addColumn('last_batch', 'bigint', (column) => column.notNull())
        .execute()
      await (db as Kysely<{ poll_batch: { last_batch: number } }>)
        .insertInto('poll_batch')
        .values({ last_batch: 0 })
        .execute()
    },
  }
}
