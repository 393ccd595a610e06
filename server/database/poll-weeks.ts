import { AppError } from '../../shared/app-error.ts'
import { POLL_WEEK_MS, type PollWeek, type PollWords } from '../uptime/poll-week.ts'
import { bytesOfWords, wordsOfBytes } from '../uptime/words.ts'
import type { Db } from './connect.ts'
import { dialectOf, type PackedRow, type PackedWords } from './dialect/dialect.ts'
import { isIntact, withChecksums } from './poll-checksum.ts'

/** A store's polls of a week: sorted words, at most one of a millisecond. */
export interface StorePollWeek {
  readonly week: number
  readonly storeKey: number
  readonly words: PollWords
}

/** The polls of some stores in a week: those of the store at a place are the words from `from` to before `to` there. */
export type PollsOfWeek = PackedWords & { readonly week: number }

/**
 * What `poll_week` has of stores, whose keys are in ascending order, in each of some weeks; perhaps of other stores, too.
 * Throws a `damaged` AppError where some are not as they were written.
 */
export async function readStoredWeeks(
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

/** The rows that keep stores' polls of weeks. */
export function pollRowsOf(weeks: readonly StorePollWeek[]): PackedRow[] {
  return withChecksums(weeks).map((words, i) => {
    const { week, storeKey } = weeks[i]!
    return { week, storeKey, bytes: bytesOfWords(words) }
  })
}
