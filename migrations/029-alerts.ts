import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What was to be told, to whom, and what became of it. */
export function alerts(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('alert_event')
        .addColumn('event_key', 'integer', types.generatedKey)
        .addColumn('incident', types.byteOrderedText, (column) => column.notNull())
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('payload', 'text', (column) => column.notNull())
        .addUniqueConstraint('alert_event_unique', ['incident', 'sequence'])
        .execute()
      await types.makeAppendOnly(db, 'alert_event')
      await db.schema
        .createTable('outbox')
        .addColumn('outbox_key', 'integer', types.generatedKey)
        .addColumn('message_id', types.byteOrderedText, (column) => column.notNull())
        .addColumn('channel', types.byteOrderedText, (column) => column.notNull())
        .addColumn('route', types.byteOrderedText)
        .addColumn('incident', types.byteOrderedText, (column) => column.notNull())
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('severity', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('due_at', 'bigint', (column) => column.notNull())
        .addColumn('ended_at', 'bigint')
        .addColumn('answer', 'text')
        .addColumn('claimed_by', 'text')
        .addColumn('claimed_until', 'bigint')
        .addUniqueConstraint('outbox_unique', ['incident', 'sequence', 'channel'])
        .execute()
      await db.schema
        .createIndex('outbox_due_index')
        .on('outbox')
        .columns(['state', 'channel', 'due_at'])
        .execute()
      await db.schema.createIndex('outbox_message_index').on('outbox').column('message_id').execute()
      await db.schema
        .createTable('alert_sent')
        .addColumn('sent_key', 'integer', types.generatedKey)
        .addColumn('channel', types.byteOrderedText, (column) => column.notNull())
        .addColumn('route', types.byteOrderedText)
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('alert_sent_index').on('alert_sent').columns(['channel', 'at']).execute()
      await db.schema
        .createTable('alert_channel')
        .addColumn('name', types.byteOrderedText, (column) => column.primaryKey())
        .addColumn('failing_since', 'bigint')
        .addColumn('disabled_at', 'bigint')
        .addColumn('last_delivered_at', 'bigint')
        .addColumn('last_error', 'text')
        .execute()
    },
  }
}
