import type { Db } from '../database/connect.ts'
import { mergePollWeeks, type StorePollWeek } from '../database/poll-weeks.ts'
import { keysOfStores } from '../database/stores.ts'
import type { StorePolls } from './poll-rows.ts'

/** Puts polls into the database, and returns how many changed something. Call it in a transaction. */
export async function mergePolls(db: Db, polls: StorePolls): Promise<number> {
  const keys = await keysOfStores(db, polls.storeIds)
  const byWeek = new Map<number, StorePollWeek[]>()
  for (const [i, week] of polls.weeks.entries()) {
    const start = polls.starts[i]!
    const words = polls.words.subarray(start, start + polls.lengths[i]!)
    const weeks = byWeek.get(week) ?? []
    if (weeks.push({ week, storeKey: keys[polls.storeOfWeek[i]!]!, words }) === 1) byWeek.set(week, weeks)
  }
  const inOrder = [...byWeek.values()].sort((a, b) => a[0]!.week - b[0]!.week)
  return mergePollWeeks(
    db,
    inOrder.flatMap((weeks) => weeks.sort((a, b) => a.storeKey - b.storeKey)),
  )
}
