import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What became of the files of watched folders: of each path, what it had last. */
export function watchedFiles(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('watched_file')
        .addColumn('watched_key', 'integer', types.generatedKey)
        .addColumn('path', 'text', types.uniqueLongText)
        .addColumn('stamp', 'text', (column) => column.notNull())
        .addColumn('sha256', 'text')
        .addColumn('import_id', 'integer')
        .addColumn('failure', 'text')
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute()
      await types.finishTable(db, 'watched_file', { longText: ['path'] })
    },
  }
}
