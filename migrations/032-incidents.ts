import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** The incidents of the ledger, as they are after its last event, and who looks for further ones. */
export function incidents(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('incident')
        .addColumn('incident_key', 'integer', types.generatedKey)
        .addColumn('subject', types.byteOrderedText, (column) => column.notNull())
        .addColumn('rule_kind', types.byteOrderedText, (column) => column.notNull())
        .addColumn('store_key', 'integer')
        .addColumn('group_label', types.byteOrderedText)
        .addColumn('condition', 'text', (column) => column.notNull())
        .addColumn('severity', 'text', (column) => column.notNull())
        .addColumn('rules_version', 'integer', (column) => column.notNull())
        .addColumn('start_at', 'bigint', (column) => column.notNull())
        .addColumn('opened_at', 'bigint', (column) => column.notNull())
        .addColumn('closed_at', 'bigint')
        .addColumn('ending', 'text')
        .addColumn('value', 'double precision', (column) => column.notNull())
        .addColumn('told', 'text', (column) => column.notNull())
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('recorded_at', 'bigint', (column) => column.notNull())
        .addColumn('acknowledged_at', 'bigint')
        .addColumn('acknowledged_until', 'bigint')
        .addColumn('acknowledged_by', 'text')
        .addColumn('acknowledged_note', 'text')
        .addColumn('repeat_at', 'bigint')
        .addColumn('repeats', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('escalate_at', 'bigint')
        .execute()
      await db.schema
        .createIndex('incident_told_index')
        .on('incident')
        .columns(['told', 'closed_at'])
        .execute()
      await db.schema.createIndex('incident_store_index').on('incident').column('store_key').execute()
      await db.schema
        .createTable('incident_watch')
        .addColumn('watch_id', 'integer', (column) => column.primaryKey().check(sql`watch_id = 1`))
        .addColumn('rules_version', 'integer')
        .addColumn('since_at', 'bigint')
        .addColumn('data_time', 'bigint')
        .addColumn('looked_at', 'bigint')
        .addColumn('claimed_by', 'text')
        .addColumn('claimed_until', 'bigint')
        .execute()
      await sql`insert into incident_watch (watch_id) values (1)`.execute(db)
    },
  }
}
