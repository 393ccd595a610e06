import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Keys of those who call a server: what they may, and the hash of each. A row stays when its key is revoked. */
export function accessKeys(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('access_key')
        .addColumn('access_key_id', 'integer', types.generatedKey)
        .addColumn('token_id', types.byteOrderedText, (column) => column.notNull().unique())
        .addColumn('hash', types.bytes, (column) => column.notNull())
        .addColumn('name', types.byteOrderedText, (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('labels', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('created_by', 'text')
        .addColumn('expires_at', 'bigint')
        .addColumn('last_used_at', 'bigint')
        .addColumn('revoked_at', 'bigint')
        .addColumn('revoked_by', 'text')
        .execute()
      await db.schema
        .createIndex('access_key_name_index')
        .unique()
        .on('access_key')
        .column('name')
        .where(sql.ref('revoked_at'), 'is', null)
        .execute()
    },
  }
}
