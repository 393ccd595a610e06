import type { Db } from '../../server/database/connect.ts'

/** Puts stores, by default all, into a zone, which need not be one. */
export async function giveZone(db: Db, timezone: string, storeKey?: number): Promise<void> {
  const schedule_key = 1_000_000
  await db
    .insertInto('schedule')
    .values({ schedule_key, hash: 0, schedule: JSON.stringify({ zones: [[null, timezone]] }) })
    .execute()
  await db
    .updateTable('store')
    .set({ schedule_key })
    .$if(storeKey !== undefined, (query) => query.where('store_key', '=', storeKey!))
    .execute()
}
