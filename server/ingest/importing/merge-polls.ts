import type { Changed } from '../../database/changed.ts'
import { addPolls } from '../../database/add-polls.ts'
import type { StorePollWeek } from '../../database/poll-weeks.ts'
import { keysOfStores } from '../../database/stores.ts'
import type { LatestPolls } from '../../database/tail/latest-polls.ts'
import type { WriteTx } from '../../database/write-alone.ts'
import type { StorePolls } from '../rows/poll-rows.ts'

/** Puts polls into the database, and returns what changed. */
export async function mergePolls(tx: WriteTx, polls: StorePolls, latest: LatestPolls): Promise<Changed> {
  const keys = await keysOfStores(tx, polls.storeIds)
  const byWeek = new Map<number, StorePollWeek[]>()
  for (const [i, week] of polls.weeks.entries()) {
    const start = polls.starts[i]!
    const words = polls.words.subarray(start, start + polls.lengths[i]!)
    const weeks = byWeek.get(week) ?? []
    if (weeks.push({ week, storeKey: keys[polls.storeOfWeek[i]!]!, words }) === 1) byWeek.set(week, weeks)
  }
  const inOrder = [...byWeek.values()].sort((a, b) => a[0]!.week - b[0]!.week)
  const added = inOrder.flatMap((weeks) => weeks.sort((a, b) => a.storeKey - b.storeKey))
  return addPolls(tx, added, latest)
}
