import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from '../../../../migrations/column-types.ts'

export const sqliteColumnTypes: ColumnTypes = {
  bytes: 'blob',
  byteOrderedText: 'text',
  inByteOrder: (text) => text,
  generatedKey: (column) => column.primaryKey().autoIncrement(),
  uniqueLongText: (column) => column.notNull().unique(),
  referencesKept: (column, key) => column.references(key),
  announce: async () => {},
  spreadByChunk: async () => {},
  finishTable: async () => {},
  async dropReferred(db, table) {
    // The rows' references are then looked at when all is done.
    await sql`pragma defer_foreign_keys = on`.execute(db)
    await db.schema.dropTable(table).execute()
  },
  clustered: (table) => table.modifyEnd(sql`without rowid`),
  async makeAppendOnly(db, table) {
    for (const action of ['update', 'delete'] as const) await refuse(db, table, action)
  },
}

async function refuse(db: Kysely<unknown>, table: string, action: 'update' | 'delete'): Promise<void> {
  const [name, message] = [`${table}_refuses_${action}`, `rows of ${table} are never changed or removed`]
  await sql`create trigger ${sql.ref(name)} before ${sql.raw(action)} on ${sql.table(table)}
    begin select raise(abort, ${sql.lit(message)}); end`.execute(db)
}
