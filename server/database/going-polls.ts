import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Interval } from '../uptime/interval.ts'
import { offsetOf, placeOfOffset, POLL_WEEK_MS, type PollWords } from '../uptime/poll-week.ts'
import { wordsOfBytes } from '../uptime/words.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { weeksWithPolls } from './poll-week-summary.ts'
import type { StorePollWeek } from './poll-weeks.ts'
import { readPollWeeks } from './read-polls.ts'
import { latestInTail, readTail } from './tail/read-tail.ts'

/** Polls of some stores in a week that are to be deleted. */
export interface GoingPolls {
  readonly week: number
  /** The stores that keep none in the week. */
  readonly goneKeys: number[]
  /** What the others keep of those that go. */
  readonly kept: StorePollWeek[]
  polls: number
  firstMs: number
  lastMs: number
}

/** Whether polls of a week may be of some time. */
export function hasPollsOf(week: number, { startMs, endMs }: Interval): boolean {
  return (week + 1) * POLL_WEEK_MS > startMs && week * POLL_WEEK_MS < endMs
}

/**
 * Which polls go when those of stores in some time are deleted, some stores at a time, with others answered in between.
 * Of weeks that go as a whole, and have no polls in the tail, none are read, so that damaged ones can be deleted, too.
 */
export async function* goingPolls(
  db: Db,
  storeKeys: readonly number[],
  time: Interval,
): AsyncGenerator<GoingPolls> {
  for (const week of (await weeksWithPolls(db)).filter((week) => hasPollsOf(week, time))) {
    const startMs = week * POLL_WEEK_MS
    const isWhole = time.startMs <= startMs && startMs + POLL_WEEK_MS <= time.endMs
    for (const keys of chunks(storeKeys, dialectOf(db).pollRowsAtOnce)) {
      await setImmediate()
      const isInTail = ((await readTail(db, [week], keys)).get(week)?.storeKeys.length ?? 0) > 0
      const isCounted = isWhole && !isInTail
      const going = isCounted ? await wholeRows(db, week, keys) : await cutRows(db, week, keys, time)
      if (going.goneKeys.length > 0 || going.kept.length > 0) yield going
    }
  }
}

async function wholeRows(db: Db, week: number, storeKeys: readonly number[]): Promise<GoingPolls> {
  const going = noneOf(week)
  const rows = await pollEnds(db)
    .where('week', '=', week)
    .where('store_key', 'in', storeKeys)
    .where(dialectOf(db).inChunksOf(storeKeys))
    .execute()
  for (const { store_key: storeKey, bytes, first, last } of rows) {
    going.goneKeys.push(storeKey)
    const polls = Math.floor(bytes / 4) - 1
    if (polls > 0) count(going, polls, wordOf(first), wordOf(last))
  }
  return going
}

async function cutRows(
  db: Db,
  week: number,
  storeKeys: readonly number[],
  { startMs, endMs }: Interval,
): Promise<GoingPolls> {
  const going = noneOf(week)
  const wanted = new Set(storeKeys)
  const [polls] = await readPollWeeks(db, [week], storeKeys)
  const { storeKeys: found, words, from, to } = polls!
  for (const [i, storeKey] of found.entries()) {
    if (!wanted.has(storeKey)) continue
    const all = words.subarray(from[i], to[i])
    const first = placeOfOffset(all, startMs - week * POLL_WEEK_MS)
    const end = placeOfOffset(all, endMs - week * POLL_WEEK_MS)
    if (first === end) continue
    count(going, end - first, all[first]!, all[end - 1]!)
    if (end - first === all.length) going.goneKeys.push(storeKey)
    else going.kept.push({ week, storeKey, words: without(all, first, end) })
  }
  return going
}

function without(words: PollWords, from: number, to: number): PollWords {
  const kept = new Uint32Array(words.length - (to - from))
  kept.set(words.subarray(0, from))
  kept.set(words.subarray(to), from)
  return kept
}

function noneOf(week: number): GoingPolls {
  return { week, goneKeys: [], kept: [], polls: 0, firstMs: Infinity, lastMs: -Infinity }
}

function count(going: GoingPolls, polls: number, first: number, last: number): void {
  const startMs = going.week * POLL_WEEK_MS
  going.polls += polls
  going.firstMs = Math.min(going.firstMs, startMs + offsetOf(first))
  going.lastMs = Math.max(going.lastMs, startMs + offsetOf(last))
}

/** The rows of polls with their first and last word: the checksum stands behind that. */
function pollEnds(db: Db) {
  return db.selectFrom('poll_week').select(({ ref }) => {
    const polls = ref('polls')
    return [
      'store_key',
      sql<number>`length(${polls})`.as('bytes'),
      sql<Uint8Array>`substr(${polls}, 1, 4)`.as('first'),
      sql<Uint8Array>`substr(${polls}, length(${polls}) - 7, 4)`.as('last'),
    ]
  })
}

function wordOf(bytes: Uint8Array): number {
  return wordsOfBytes(bytes)[0]!
}

const ROWS_AT_ONCE = 2000

/** The first and the last word of each store in a week, some stores at a time, with others answered in between. */
export async function* endsOfWeek(
  db: Db,
  week: number,
): AsyncGenerator<{ readonly first: number; readonly last: number }[]> {
  for (let after = -1; ;) {
    const rows = await pollEnds(db)
      .where('week', '=', week)
      .where('store_key', '>', after)
      .orderBy('store_key')
      .limit(ROWS_AT_ONCE)
      .execute()
    yield rows.map(({ first, last }) => ({ first: wordOf(first), last: wordOf(last) }))
    if (rows.length < ROWS_AT_ONCE) return
    after = rows.at(-1)!.store_key
    await setImmediate()
  }
}

/** When the latest poll of any store in a week was, in epoch milliseconds. */
export async function latestPollOfWeek(db: Db, week: number): Promise<number> {
  let latestMs = (await latestInTail(db, week)) ?? week * POLL_WEEK_MS
  for await (const ends of endsOfWeek(db, week)) {
    for (const { last } of ends) latestMs = Math.max(latestMs, week * POLL_WEEK_MS + offsetOf(last))
  }
  return latestMs
}
