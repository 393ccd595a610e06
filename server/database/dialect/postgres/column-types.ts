import { sql } from 'kysely'
import type { ColumnTypes } from '../../../../migrations/column-types.ts'

export const postgresColumnTypes: ColumnTypes = {
  bytes: 'bytea',
  byteOrderedText: sql`text collate "C"`,
  generatedKey: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  clustered: (table) => table,
  uniqueLongText: (column) => column.notNull(),
  // Packed polls do not get smaller by compression, which would only cost time.
  async finishTable(db, table, { uncompressed = [], longText = [] }) {
    for (const column of uncompressed) {
      await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} set storage external`.execute(
        db,
      )
    }
    // A unique index has no room for long texts; that they are unique is for writers to see to, who write alone.
    for (const column of longText) {
      await db.schema.createIndex(`${table}_${column}_index`).on(table).using('hash').column(column).execute()
    }
  },
  // Each row would be looked up by a query of its own.
  referencesKept: (column) => column,
}
