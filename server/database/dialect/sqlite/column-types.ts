import { sql } from 'kysely'
import type { ColumnTypes } from '../../../../migrations/column-types.ts'

export const sqliteColumnTypes: ColumnTypes = {
  bytes: 'blob',
  byteOrderedText: 'text',
  generatedKey: (column) => column.primaryKey().autoIncrement(),
  uniqueLongText: (column) => column.notNull().unique(),
  referencesKept: (column, key) => column.references(key),
  finishTable: async () => {},
  clustered: (table) => table.modifyEnd(sql`without rowid`),
}
