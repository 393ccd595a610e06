import { addLaterPolls, type SinglePolls } from '../../database/add-later-polls.ts'
import { addPolls } from '../../database/add-polls.ts'
import type { Changed } from '../../database/changed.ts'
import type { StorePollWeek } from '../../database/poll-weeks.ts'
import { keysOfStores } from '../../database/stores.ts'
import type { LatestPolls } from '../../database/tail/latest-polls.ts'
import type { WriteTx } from '../../database/write-alone.ts'
import type { StorePolls } from '../rows/poll-rows.ts'

/** Puts polls into the database, and returns what changed. */
export async function mergePolls(tx: WriteTx, polls: StorePolls, latest: LatestPolls): Promise<Changed> {
  const keys = await keysOfStores(tx, polls.storeIds)
  const single = singlePollsOf(polls, keys)
  const changed = single && (await addLaterPolls(tx, single, latest))
  return changed ?? addPolls(tx, storeWeeksOf(polls, keys), latest)
}

/** A poll of each store, where there are no more, and all are of one week. */
function singlePollsOf(
  { weeks, storeOfWeek, starts, lengths, words }: StorePolls,
  keys: readonly number[],
): SinglePolls | undefined {
  const [week] = weeks
  if (week === undefined || weeks.length !== keys.length) return undefined
  if (lengths.some((length) => length !== 1) || weeks.some((other) => other !== week)) return undefined
  // The key above the word, as a processor of this age has them.
  const pairs = new Uint32Array(2 * weeks.length)
  for (let i = 0; i < weeks.length; i++) {
    pairs[2 * i] = words[starts[i]!]!
    pairs[2 * i + 1] = keys[storeOfWeek[i]!]!
  }
  if (!isAscending(keys)) new BigUint64Array(pairs.buffer).sort()
  const storeKeys = new Uint32Array(weeks.length)
  const sorted = new Uint32Array(weeks.length)
  for (let i = 0; i < weeks.length; i++) {
    sorted[i] = pairs[2 * i]!
    storeKeys[i] = pairs[2 * i + 1]!
  }
  return { week, storeKeys, words: sorted }
}

/** Keys are mostly given in the order of the ids. */
function isAscending(keys: readonly number[]): boolean {
  return keys.every((key, i) => i === 0 || keys[i - 1]! < key)
}

function storeWeeksOf(polls: StorePolls, keys: readonly number[]): StorePollWeek[] {
  const byWeek = new Map<number, StorePollWeek[]>()
  for (const [i, week] of polls.weeks.entries()) {
    const start = polls.starts[i]!
    const words = polls.words.subarray(start, start + polls.lengths[i]!)
    const weeks = byWeek.get(week) ?? []
    if (weeks.push({ week, storeKey: keys[polls.storeOfWeek[i]!]!, words }) === 1) byWeek.set(week, weeks)
  }
  const inOrder = [...byWeek.values()].sort((a, b) => a[0]!.week - b[0]!.week)
  return inOrder.flatMap((weeks) => weeks.sort((a, b) => a.storeKey - b.storeKey))
}
