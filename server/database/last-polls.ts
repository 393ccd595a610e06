import type { StoreId } from '../../shared/ids.ts'
import { offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { Db } from './connect.ts'
import { pollWeekOfBytes } from './poll-weeks.ts'

/** When each of a few stores was last polled; those that never were are left out. */
export async function lastPollsOf(
  db: Db,
  storeIds: readonly StoreId[],
): Promise<ReadonlyMap<StoreId, number>> {
  const weeks = await db.selectFrom('poll_week_summary').select('week').execute()
  const last = new Map<StoreId, number>()
  if (weeks.length === 0) return last
  for (const storeId of storeIds) {
    const row = await db
      .selectFrom('poll_week')
      .select(['week', 'polls', 'store_key'])
      .where('store_key', '=', (eb) =>
        eb.selectFrom('store').select('store.store_key').where('store_id', '=', storeId),
      )
      // Of each week, as polls lie in the order of their weeks.
      .where(
        'week',
        'in',
        weeks.map(({ week }) => week),
      )
      .orderBy('week', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row === undefined) continue
    const { words, to } = pollWeekOfBytes(row.polls, row.week, row.store_key)
    last.set(storeId, row.week * POLL_WEEK_MS + offsetOf(words[to - 1]!))
  }
  return last
}
