import { setImmediate } from 'node:timers/promises'
import { offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { Db } from './connect.ts'
import { pollEnds, wordOf } from './going-polls.ts'
import { firstPollWeek } from './poll-week-summary.ts'
import { pairsOf } from './tail/tail-row.ts'

const ROWS_AT_ONCE = 2000

/** The first poll of any store in epoch milliseconds, or undefined in a database without polls. */
export async function firstPollAt(db: Db): Promise<number | undefined> {
  const week = await firstPollWeek(db)
  if (week === undefined) return undefined
  // In this order nothing is missing that goes to its week meanwhile.
  let first = await firstInTail(db, week)
  for (let after = -1; ;) {
    const rows = await pollEnds(db)
      .where('week', '=', week)
      .where('store_key', '>', after)
      .orderBy('store_key')
      .limit(ROWS_AT_ONCE)
      .execute()
    for (const row of rows) first = Math.min(first, offsetOf(wordOf(row.first)))
    if (rows.length < ROWS_AT_ONCE) break
    after = rows.at(-1)!.store_key
    await setImmediate()
  }
  return first === Infinity ? undefined : week * POLL_WEEK_MS + first
}

async function firstInTail(db: Db, week: number): Promise<number> {
  const rows = await db.selectFrom('poll_tail').select(['chunk', 'polls']).where('week', '=', week).execute()
  let first = Infinity
  for (const { chunk, polls } of rows) {
    const pairs = pairsOf(polls, { week, chunk })
    for (let i = 1; i < pairs.length; i += 2) first = Math.min(first, offsetOf(pairs[i]!))
  }
  return first
}
