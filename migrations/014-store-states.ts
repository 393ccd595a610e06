import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** In which chunks of stores something changed that their states come from, but for polls that are in the tail. */
export function storeStates(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await types
        .clustered(db.schema.createTable('store_state'))
        .addColumn('chunk', 'integer', (column) => column.primaryKey())
        .addColumn('changed_batch', 'bigint', (column) => column.notNull())
        .execute()
    },
  }
}
