import type { StoreId } from '../../shared/ids.ts'
import { lastPollMs, type PollWeek } from '../uptime/poll-week.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { weeksWithPolls } from './poll-week-summary.ts'
import { pollWeekOfBytes } from './poll-weeks.ts'
import { readTail } from './tail/read-tail.ts'

/** When each of a few stores was last polled; those that never were are left out. */
export async function lastPollsOf(
  db: Db,
  storeIds: readonly StoreId[],
): Promise<ReadonlyMap<StoreId, number>> {
  const weeks = await weeksWithPolls(db)
  const last = new Map<StoreId, number>()
  if (weeks.length === 0 || storeIds.length === 0) return last
  const stores = await db
    .selectFrom('store')
    .select(['store_id', 'store_key'])
    .where('store_id', 'in', storeIds)
    .orderBy('store_key')
    .execute()
  const storeKeys = stores.map(({ store_key }) => store_key)
  // Before the weeks, so that nothing is missing that goes to its week meanwhile.
  const inTail = await lastInTail(db, weeks, storeKeys)
  for (const { store_id: storeId, store_key: storeKey } of stores) {
    const stored = await lastStoredWeek(db, weeks, storeKey)
    const lastMs = Math.max(lastPollMs(stored, Infinity) ?? -Infinity, inTail.get(storeKey) ?? -Infinity)
    if (lastMs > -Infinity) last.set(storeId, lastMs)
  }
  return last
}

/** Of all stores at once, as a row of the tail has polls of many. */
async function lastInTail(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const last = new Map<number, number>()
  for (const [week, { storeKeys: keys, from, to, words }] of await readTail(db, weeks, storeKeys)) {
    for (const [i, key] of keys.entries()) {
      const lastMs = lastPollMs([{ week, words, from: from[i]!, to: to[i]! }], Infinity)
      // In ascending order of week.
      if (lastMs !== undefined) last.set(key, lastMs)
    }
  }
  return last
}

async function lastStoredWeek(db: Db, weeks: readonly number[], storeKey: number): Promise<PollWeek[]> {
  const row = await db
    .selectFrom('poll_week')
    .select(['week', 'polls'])
    .where('store_key', '=', storeKey)
    .where(dialectOf(db).inChunksOf([storeKey]))
    // Of each week, as polls lie in the order of their weeks.
    .where('week', 'in', weeks)
    .orderBy('week', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? [] : [pollWeekOfBytes(row.polls, row.week, storeKey)]
}
