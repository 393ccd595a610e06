import type { StoreId } from '../../shared/ids.ts'
import { lastPollMs, type PollWeek } from '../uptime/poll-week.ts'
import type { Db } from './connect.ts'
import { weeksWithPolls } from './poll-week-summary.ts'
import { pollWeekOfBytes } from './poll-weeks.ts'
import { readTail, weeksWithTail } from './tail/read-tail.ts'

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
    .execute()
  for (const { store_id: storeId, store_key: storeKey } of stores) {
    const tail = await readTail(db, weeks, [storeKey])
    const stored = await lastStoredWeek(db, weeks, storeKey)
    const lastMs = lastPollMs(weeksWithTail(stored, tail), Infinity)
    if (lastMs !== undefined) last.set(storeId, lastMs)
  }
  return last
}

async function lastStoredWeek(db: Db, weeks: readonly number[], storeKey: number): Promise<PollWeek[]> {
  const row = await db
    .selectFrom('poll_week')
    .select(['week', 'polls'])
    .where('store_key', '=', storeKey)
    // Of each week, as polls lie in the order of their weeks.
    .where('week', 'in', weeks)
    .orderBy('week', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? [] : [pollWeekOfBytes(row.polls, row.week, storeKey)]
}
