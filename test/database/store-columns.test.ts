import { expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { eachScheduleKey } from '../../server/database/store-columns.ts'
import type { StoreId } from '../../shared/ids.ts'
import { testDatabase } from '../support/test-database.ts'

async function scheduleKeys(db: Db): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  await eachScheduleKey(db, (storeKey, scheduleKey) => found.set(storeKey, scheduleKey))
  return found
}

test('each store is told with its schedule, whichever keys are left out', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  expect(await scheduleKeys(db)).toEqual(new Map())

  await db.insertInto('schedule').values({ schedule_key: 7, hash: 0, schedule: '{}' }).execute()
  const stores = [12, 11, 14, 13].map((key) => ({
    store_key: key,
    store_id: `store-${20 - key}` as StoreId,
    schedule_key: key % 2 === 0 ? 7 : null,
  }))
  await db.insertInto('store').values(stores).execute()
  const all = new Map([
    [11, 0],
    [12, 7],
    [13, 0],
    [14, 7],
  ])
  expect(await scheduleKeys(db)).toEqual(all)

  await db.deleteFrom('store').where('store_key', '=', 12).execute()
  all.delete(12)
  expect(await scheduleKeys(db)).toEqual(all)

  // So far that it is asked for more than once.
  await db
    .insertInto('store')
    .values({ store_key: 200_000, store_id: 'far' as StoreId, schedule_key: 7 })
    .execute()
  expect(await scheduleKeys(db)).toEqual(all.set(200_000, 7))
})
