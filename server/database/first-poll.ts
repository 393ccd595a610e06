import { offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { Db } from './connect.ts'
import { endsOfWeek } from './going-polls.ts'
import { firstPollWeek } from './poll-week-summary.ts'
import { pairsOf } from './tail/tail-row.ts'

/** The first poll of any store in epoch milliseconds, or undefined in a database without polls. */
export async function firstPollAt(db: Db): Promise<number | undefined> {
  const week = await firstPollWeek(db)
  if (week === undefined) return undefined
  // In this order nothing is missing that goes to its week meanwhile.
  let first = await firstInTail(db, week)
  for await (const ends of endsOfWeek(db, week)) {
    for (const store of ends) first = Math.min(first, offsetOf(store.first))
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
