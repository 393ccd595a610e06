import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** The rules that incidents are found by, in versions: the last one is in force, and none is ever changed. */
export function alertRules(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('alert_rules')
        .addColumn('version', 'integer', types.generatedKey)
        .addColumn('made_at', 'bigint', (column) => column.notNull())
        .addColumn('author', 'text')
        .addColumn('reason', 'text')
        .addColumn('rules', 'text', (column) => column.notNull())
        .execute()
      await types.makeAppendOnly(db, 'alert_rules')
    },
  }
}
