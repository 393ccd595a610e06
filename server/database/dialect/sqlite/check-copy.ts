import { stat } from 'node:fs/promises'
import { setImmediate as giveWay } from 'node:timers/promises'
import BetterSqlite3 from 'better-sqlite3'
import { AppError } from '../../../../shared/app-error.ts'
import { wordsOfBytes } from '../../../uptime/words.ts'
import { isIntact } from '../../poll-checksum.ts'
import { pairsOf, type TailPlace } from '../../tail/tail-row.ts'
import { problemFound } from './quick-check.ts'

const ROWS_AT_ONCE = 10_000

/**
 * Checks a copy of a database from its first page to its last, and the polls in it, and leaves it a single file that needs
 * nothing beside it. Throws where something is not as it was written.
 */
export async function checkCopy(path: string, bytes: number, signal: AbortSignal): Promise<void> {
  const { size } = await stat(path)
  if (size !== bytes) {
    throw new AppError(
      'unavailable',
      `the copy has ${size} bytes of ${bytes}: something else wrote to ${path}`,
    )
  }
  const copy = new BetterSqlite3(path, { fileMustExist: true })
  try {
    copy.pragma('journal_mode = delete')
    const problems = copy.pragma('quick_check') as { quick_check: string }[]
    const problem = problemFound(problems[0]?.quick_check)
    if (problem !== undefined) throw damaged(problem)
    if (hasChecksums(copy)) await checkPolls(copy, signal)
    if (hasTable(copy, 'poll_tail')) checkTail(copy)
  } finally {
    copy.close()
  }
}

function hasChecksums(copy: BetterSqlite3.Database): boolean {
  return hasTable(copy, 'schema_compatibility')
}

function hasTable(copy: BetterSqlite3.Database, name: string): boolean {
  return copy.prepare('select 1 from sqlite_schema where name = ?').get(name) !== undefined
}

function checkTail(copy: BetterSqlite3.Database): void {
  const rows = copy.prepare('select week, chunk, polls from poll_tail').iterate() as Iterable<
    TailPlace & { polls: Buffer }
  >
  for (const { polls, ...place } of rows) pairsOf(polls, place)
}

async function checkPolls(copy: BetterSqlite3.Database, signal: AbortSignal): Promise<void> {
  const rows = copy.prepare('select week, store_key, polls from poll_week').iterate() as Iterable<{
    week: number
    store_key: number
    polls: Buffer
  }>
  let checked = 0
  for (const { week, store_key: storeKey, polls } of rows) {
    const words = wordsOfBytes(polls)
    if (!isIntact(words, 0, words.length, { week, storeKey })) {
      throw damaged(`the polls of the store with the key ${storeKey} are not as they were written`)
    }
    if (++checked % ROWS_AT_ONCE !== 0) continue
    signal.throwIfAborted()
    await giveWay()
  }
}

function damaged(problem: string): AppError {
  return new AppError('damaged', `the database is damaged (${problem}): put a backup in its place`)
}
