import type { Kysely } from 'kysely'

interface PollWeeks {
  poll_week: { week: number; store_key: number; polls: Uint8Array }
}

const ROWS_AT_ONCE = 500

/**
 * Puts a checksum behind each store's polls of a week, and has room for those of reports; begins to record which programs can work beside a migration: an
 * older one would take the checksums for polls.
 */
export const pollChecksums = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('schema_compatibility')
      .addColumn('migration', 'text', (column) => column.primaryKey())
      .addColumn('readable_from', 'text', (column) => column.notNull())
      .execute()
    // CRC-32 of the part's results; null where they were stored before.
    await db.schema.alterTable('report_part').addColumn('totals_crc32', 'bigint').execute()
    await db.schema.alterTable('report_part').addColumn('csv_crc32', 'bigint').execute()
    await addChecksums(db)
  },
}

async function addChecksums(untyped: Kysely<unknown>): Promise<void> {
  const db = untyped as Kysely<PollWeeks>
  const weeks = await db.selectFrom('poll_week').select('week').distinct().execute()
  for (const { week } of weeks) {
    let after = -1
    for (;;) {
      const rows = await db
        .selectFrom('poll_week')
        .select(['store_key', 'polls'])
        .where('week', '=', week)
        .where('store_key', '>', after)
        .orderBy('store_key')
        .limit(ROWS_AT_ONCE)
        .execute()
      for (const { store_key: storeKey, polls } of rows) {
        await db
          .updateTable('poll_week')
          .set({ polls: withChecksum(polls, week, storeKey) })
          .where('week', '=', week)
          .where('store_key', '=', storeKey)
          .execute()
      }
      if (rows.length < ROWS_AT_ONCE) break
      after = rows.at(-1)!.store_key
    }
  }
}

/** As `server/database/poll-checksum.ts` had it when this was written: the sum of all 32-bit words and the seed is 0. */
function withChecksum(polls: Uint8Array, week: number, storeKey: number): Uint8Array {
  const checked = Buffer.alloc(polls.byteLength + 4)
  checked.set(polls)
  let sum = Math.imul(storeKey, 0x9e3779b1) ^ Math.imul(week, 0x85ebca6b)
  for (let at = 0; at < polls.byteLength; at += 4) sum = (sum + checked.readInt32LE(at)) | 0
  checked.writeInt32LE(-sum | 0, polls.byteLength)
  return checked
}
