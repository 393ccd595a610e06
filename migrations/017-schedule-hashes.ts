import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

interface Tables {
  schedule: { schedule_key: number; hash: number; schedule: string }
  schedule_before: { schedule_key: number; schedule: string }
}

const ROWS_AT_ONCE = 500

/** Schedules are found by a hash of their texts: to find them by these there was a copy of each in an index. */
export function scheduleHashes(types: ColumnTypes) {
  return {
    async up(untyped: Kysely<unknown>): Promise<void> {
      const db = untyped as Kysely<Tables>
      await sql`create table schedule_before as select schedule_key, schedule from schedule`.execute(db)
      // For SQLite, which looks for the stores of each schedule that goes or comes: it would look through all of them.
      await db.schema.createIndex('store_schedule_index').on('store').column('schedule_key').execute()
      await types.dropReferred(untyped, 'schedule')
      await db.schema
        .createTable('schedule')
        .addColumn('schedule_key', 'integer', (column) => column.primaryKey())
        .addColumn('hash', 'bigint', (column) => column.notNull())
        .addColumn('schedule', 'text', (column) => column.notNull())
        .execute()
      for (let after = -1; ;) {
        const rows = await db
          .selectFrom('schedule_before')
          .selectAll()
          .where('schedule_key', '>', after)
          .orderBy('schedule_key')
          .limit(ROWS_AT_ONCE)
          .execute()
        if (rows.length === 0) break
        after = rows.at(-1)!.schedule_key
        await db
          .insertInto('schedule')
          .values(rows.map((row) => ({ ...row, hash: hashOf(row.schedule) })))
          .execute()
      }
      await db.schema.dropIndex('store_schedule_index').execute()
      await db.schema.dropTable('schedule_before').execute()
      await db.schema.createIndex('schedule_hash_index').on('schedule').column('hash').execute()
    },
  }
}

/** As `server/database/schedules.ts` had it when this was written: FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
