import type { Db } from '../../server/database/connect.ts'
import { storeId } from '../../shared/ids.ts'

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

/** Adds a store that is open on each day from a local time to another; its key. */
export async function giveHours(
  db: Db,
  timezone: string,
  [start, end]: readonly [string, string],
): Promise<number> {
  const { last } = await db
    .selectFrom('store')
    .select(({ fn }) => fn.max('store_key').as('last'))
    .executeTakeFirstOrThrow()
  const key = (last ?? 0) + 1
  const hours = [[null, Array.from({ length: 7 }, (_, day) => [day, start, end])]]
  await db
    .insertInto('schedule')
    .values({
      schedule_key: 2_000_000 + key,
      hash: 0,
      schedule: JSON.stringify({ zones: [[null, timezone]], hours }),
    })
    .execute()
  await db
    .insertInto('store')
    .values({ store_key: key, store_id: storeId.parse(`s${key}`), schedule_key: 2_000_000 + key, name: null })
    .execute()
  return key
}
