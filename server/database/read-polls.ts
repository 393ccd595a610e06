import type { Db } from './connect.ts'
import type { PackedWords } from './dialect/dialect.ts'
import { readStoredWeeks, type PollsOfWeek } from './poll-weeks.ts'
import { readTail, withTail } from './tail/read-tail.ts'

/**
 * The polls of stores, whose keys are in ascending order, in each of some weeks; perhaps of other stores, too. Throws a
 * `damaged` AppError where some are not as they were written.
 */
export async function readPollWeeks(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<PollsOfWeek[]> {
  const { tail, stored } = await readStoredAndTail(db, weeks, storeKeys)
  return stored.map((polls) => ({ week: polls.week, ...withTail(polls, tail.get(polls.week)) }))
}

/** Likewise, those in the tail apart, which win at the same millisecond. */
export async function readStoredAndTail(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<{ readonly tail: ReadonlyMap<number, PackedWords>; readonly stored: readonly PollsOfWeek[] }> {
  // In this order nothing is missing that goes to its week meanwhile.
  const tail = await readTail(db, weeks, storeKeys)
  return { tail, stored: await readStoredWeeks(db, weeks, storeKeys) }
}
