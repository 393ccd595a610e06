import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Files that were taken to be imported, whatever becomes of the process that took them: their bytes, and who is at them. */
export function uploads(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('upload')
        .addColumn('upload_id', 'integer', types.generatedKey)
        .addColumn('import_id', 'integer')
        .addColumn('options', 'text', (column) => column.notNull())
        .addColumn('kept_bytes', 'bigint', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('claimed_by', 'text')
        .addColumn('claimed_until', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('upload_chunk')
        .addColumn('upload_id', 'integer', (column) => column.notNull())
        .addColumn('number', 'integer', (column) => column.notNull())
        .addColumn('bytes', types.bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('upload_chunk_pk', ['upload_id', 'number'])
        .execute()
      await types.finishTable(db, 'upload_chunk', { uncompressed: ['bytes'] })
    },
  }
}
