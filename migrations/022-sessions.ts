import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Those who signed in. A row goes when its session ends. */
export function sessions(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('session')
        .addColumn('session_id', 'integer', types.generatedKey)
        .addColumn('token_id', types.byteOrderedText, (column) => column.notNull().unique())
        .addColumn('hash', types.bytes, (column) => column.notNull())
        .addColumn('hash_before', types.bytes)
        .addColumn('before_until', 'bigint')
        .addColumn('way', 'text', (column) => column.notNull())
        .addColumn('access_key_id', 'integer')
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('labels', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('renewed_at', 'bigint', (column) => column.notNull())
        .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('session_key_index').on('session').column('access_key_id').execute()
    },
  }
}
