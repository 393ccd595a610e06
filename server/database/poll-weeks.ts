import { AppError } from '../../shared/app-error.ts'
import {
  mergedWeek,
  offsetOf,
  POLL_WEEK_MS,
  type MergedWeek,
  type PollWeek,
  type PollWords,
} from '../uptime/poll-week.ts'
import { bytesOfWords, wordsOfBytes } from '../uptime/words.ts'
import { bothChanged, nothingChanged, type Changed } from './changed.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf, type PackedRow, type PackedWords } from './dialect/dialect.ts'
import { createTouchedStores } from './kept-weeks.ts'
import { isIntact, withChecksums } from './poll-checksum.ts'
import { addToPollWeekSummary, hasPollsOfWeek } from './poll-week-summary.ts'
import type { WriteTx } from './write-alone.ts'

/** A store's polls of a week: sorted words, at most one of a millisecond. */
export interface StorePollWeek {
  readonly week: number
  readonly storeKey: number
  readonly words: PollWords
}

/** The polls of some stores in a week: those of the store at a place are the words from `from` to before `to` there. */
export type PollsOfWeek = PackedWords & { readonly week: number }

/**
 * The polls of stores, whose keys are in ascending order, in each of some weeks; perhaps of other stores, too. Throws a
 * `damaged` AppError where some are not as they were written.
 */
export async function readPollWeeks(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<PollsOfWeek[]> {
  const packed = await dialectOf(db).readPacked(db, 'poll_week', weeks, storeKeys)
  return packed.map((polls, i) => ({ week: weeks[i]!, ...withoutChecksums(polls, weeks[i]!) }))
}

/** A store's polls as a row has them. Throws a `damaged` AppError where they are not as they were written. */
export function pollWeekOfBytes(bytes: Uint8Array, week: number, storeKey: number): PollWeek {
  const words = wordsOfBytes(bytes)
  if (!isIntact(words, 0, words.length, { week, storeKey })) throw damagedPolls(storeKey, week)
  return { week, words, from: 0, to: words.length - 1 }
}

function withoutChecksums(polls: PackedWords, week: number): PackedWords {
  const { storeKeys, words, from, to } = polls
  for (let i = 0; i < storeKeys.length; i++) {
    const storeKey = storeKeys[i]!
    if (!isIntact(words, from[i]!, to[i]!, { week, storeKey })) throw damagedPolls(storeKey, week)
    to[i]!--
  }
  return polls
}

function damagedPolls(storeKey: number, week: number): AppError {
  const from = new Date(week * POLL_WEEK_MS).toISOString().slice(0, 10)
  return new AppError(
    'damaged',
    `the database is damaged: the polls of the store with the key ${storeKey} in the week from ${from} are not as they were written. Put a backup in its place`,
  )
}

/**
 * Adds polls to those that are stored, which give way at the same millisecond. Returns what was new or said something else.
 * `added` is in ascending order of week, then store, and has each pair once.
 */
export async function mergePollWeeks(tx: WriteTx, added: readonly StorePollWeek[]): Promise<Changed> {
  const stores = new Set<number>()
  let changed = nothingChanged
  for (let start = 0, end = 0; start < added.length; start = end) {
    const { week } = added[start]!
    while (end < added.length && added[end]!.week === week) end++
    changed = bothChanged(changed, await mergeWeek(tx, week, added.slice(start, end), stores))
  }
  return { ...changed, storeKeys: [...stores] }
}

/** Adds the stores that it changes to `changedStores`. */
async function mergeWeek(
  tx: WriteTx,
  week: number,
  added: readonly StorePollWeek[],
  changedStores: Set<number>,
): Promise<Changed> {
  const dialect = dialectOf(tx)
  const isNewWeek = !(await hasPollsOfWeek(tx, week))
  let changedPolls = 0
  let newPolls = 0
  let latestOffset = 0
  let firstOffset = Infinity
  let lastOffset = 0
  const touched = createTouchedStores()
  for (const chunk of chunks(added, dialect.pollRowsAtOnce)) {
    const stored = isNewWeek ? undefined : await pollsOfStores(tx, week, chunk)
    const changedWeeks: StorePollWeek[] = []
    for (const store of chunk) {
      const older = stored?.get(store.storeKey)
      const { words, changed, first, last } =
        older === undefined ? newWeek(store.words) : mergedWeek(older, store.words)
      if (first === undefined || last === undefined) continue
      changedStores.add(store.storeKey)
      firstOffset = Math.min(firstOffset, offsetOf(first))
      lastOffset = Math.max(lastOffset, offsetOf(last))
      const startMs = week * POLL_WEEK_MS + offsetOf(first)
      touched.add(store.storeKey, { startMs, endMs: week * POLL_WEEK_MS + offsetOf(last) + 1 })
      changedPolls += changed
      newPolls += words.length - (older?.length ?? 0)
      latestOffset = Math.max(latestOffset, offsetOf(words.at(-1)!))
      changedWeeks.push({ week, storeKey: store.storeKey, words })
    }
    if (changedWeeks.length > 0) {
      await dialect.writePacked(tx, 'poll_week', pollRowsOf(changedWeeks), isNewWeek)
    }
  }
  const latestPollAt = week * POLL_WEEK_MS + latestOffset
  if (changedPolls === 0) return nothingChanged
  await addToPollWeekSummary(tx, { week, newPolls, latestPollAt })
  await touched.forget(tx)
  const [firstPollMs, lastPollMs] = [firstOffset, lastOffset].map((offset) => week * POLL_WEEK_MS + offset)
  return { rows: changedPolls, storeKeys: [], firstPollMs, lastPollMs }
}

function newWeek(words: PollWords): MergedWeek {
  return { words, changed: words.length, first: words[0], last: words.at(-1) }
}

/** The rows that keep stores' polls of weeks. */
export function pollRowsOf(weeks: readonly StorePollWeek[]): PackedRow[] {
  return withChecksums(weeks).map((words, i) => {
    const { week, storeKey } = weeks[i]!
    return { week, storeKey, bytes: bytesOfWords(words) }
  })
}

async function pollsOfStores(
  tx: WriteTx,
  week: number,
  stores: readonly StorePollWeek[],
): Promise<Map<number, PollWords>> {
  const keys = stores.map((store) => store.storeKey)
  const [polls] = await readPollWeeks(tx, [week], keys)
  const { storeKeys, from, to, words } = polls!
  return new Map(storeKeys.map((storeKey, i) => [storeKey, words.subarray(from[i], to[i])]))
}
