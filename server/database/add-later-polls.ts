import { offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { Words } from '../uptime/words.ts'
import type { Changed } from './changed.ts'
import { createTouchedStores } from './kept-weeks.ts'
import { addToPollWeekSummary } from './poll-week-summary.ts'
import type { LatestPolls } from './tail/latest-polls.ts'
import { putRow } from './tail/put-rows.ts'
import { splitTail } from './tail/split-tail.ts'
import { chunkOf, POLLS_PER_CHUNK_ROW, tailRowOfPairs } from './tail/tail-row.ts'
import { pauseIn, type WriteTx } from './write-alone.ts'

/** A poll of each of some stores in a week, in ascending order of store: what is written once an hour, or oftener. */
export interface SinglePolls {
  readonly week: number
  readonly storeKeys: Words
  readonly words: Words
}

/** All are of about one time, so that they touch the same kept weeks. */
const MOST_APART_MS = 86_400_000

/**
 * Adds polls that are each later than all that their stores have, where they make rows of chunks: without looking at what there
 * is. Otherwise does nothing, and returns undefined.
 */
export async function addLaterPolls(
  tx: WriteTx,
  polls: SinglePolls,
  latest: LatestPolls,
): Promise<Changed | undefined> {
  const { week, storeKeys, words } = polls
  const rows = chunkEnds(storeKeys)
  if (words.length === 0 || words.length < POLLS_PER_CHUNK_ROW * rows.length) return undefined
  const batch = await latest.begin(tx)
  const time = timeOfLater(polls, latest)
  if (time === undefined) return undefined
  // A row of a chunk is to be later than all that there are of any stores.
  await splitTail(tx, week)
  const pairs = pairsOfPolls(polls)
  for (let row = 0, from = 0; row < rows.length; from = rows[row++]!) {
    await pauseIn(tx)
    const place = { week, chunk: chunkOf(storeKeys[from]!) }
    await putRow(tx, place, batch, tailRowOfPairs(pairs.subarray(2 * from, 2 * rows[row]!), place))
  }
  const startMs = week * POLL_WEEK_MS
  for (let i = 0; i < words.length; i++) latest.raise(storeKeys[i]!, startMs + offsetOf(words[i]!))
  const { firstMs, lastMs } = time
  await addToPollWeekSummary(tx, { week, newPolls: words.length, latestPollAt: lastMs })
  const touched = createTouchedStores()
  touched.addAll(storeKeys, { startMs: firstMs, endMs: lastMs + 1 })
  await touched.forget(tx, 'numbered')
  return { rows: words.length, storeKeys: Array.from(storeKeys), firstPollMs: firstMs, lastPollMs: lastMs }
}

/** Where the stores of each chunk end. */
function chunkEnds(storeKeys: Words): number[] {
  const ends: number[] = []
  for (let i = 1; i <= storeKeys.length; i++) {
    if (i === storeKeys.length || chunkOf(storeKeys[i]!) !== chunkOf(storeKeys[i - 1]!)) ends.push(i)
  }
  return ends
}

/** From when to when the polls are; undefined where one is not later than what its store has, or they are far apart. */
function timeOfLater(
  { week, storeKeys, words }: SinglePolls,
  latest: LatestPolls,
): { readonly firstMs: number; readonly lastMs: number } | undefined {
  const startMs = week * POLL_WEEK_MS
  let firstMs = Infinity
  let lastMs = -Infinity
  for (let i = 0; i < words.length; i++) {
    const atMs = startMs + offsetOf(words[i]!)
    if (atMs <= latest.of(storeKeys[i]!)) return undefined
    firstMs = Math.min(firstMs, atMs)
    lastMs = Math.max(lastMs, atMs)
  }
  return lastMs - firstMs > MOST_APART_MS ? undefined : { firstMs, lastMs }
}

function pairsOfPolls({ storeKeys, words }: SinglePolls): Words {
  const pairs = new Uint32Array(2 * words.length)
  for (let i = 0; i < words.length; i++) {
    pairs[2 * i] = storeKeys[i]!
    pairs[2 * i + 1] = words[i]!
  }
  return pairs
}
