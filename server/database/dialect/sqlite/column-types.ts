import { sql } from 'kysely'
import type { ColumnTypes } from '../../../../migrations/column-types.ts'

export const sqliteColumnTypes: ColumnTypes = {
  bytes: 'blob',
  byteOrderedText: 'text',
  generatedKey: (column) => column.primaryKey().autoIncrement(),
  clustered: (table) => table.modifyEnd(sql`without rowid`),
}
