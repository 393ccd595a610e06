import { toAppError } from '../../shared/app-error.ts'
import type { Readiness, ReadinessCheck } from '../../shared/readiness.ts'
import type { Db } from '../database/connect.ts'
import { dialectOf } from '../database/dialect/dialect.ts'
import { requireOurTables } from '../database/migrate.ts'
import { countDeadLetters } from '../database/outbox.ts'
import { lastStoreKey } from '../database/store-ids.ts'

export interface ReadinessParts {
  readonly db: Db
  /** How long the push waits that waits for longest. */
  readonly oldestPushMs: () => number
}

/** Longer than any write takes that pushes wait for. */
const LONGEST_WAIT_MS = 60_000

/** Whether a server can do its work. Reasons are for anybody, so that they name no path, host or user. */
export async function readinessOf({ db, oldestPushMs }: ReadinessParts): Promise<Readiness> {
  const database = await databaseCheck(db)
  const checks = [database, ...(database.ok ? [await tablesCheck(db)] : []), writingCheck(oldestPushMs())]
  const status = checks.every(({ ok }) => ok) ? 'ok' : 'failing'
  // One that is away is not waited for twice.
  const deadLetters = database.ok ? await countDeadLetters(db).catch(() => null) : null
  return { status, checks, deadLetters }
}

async function databaseCheck(db: Db): Promise<ReadinessCheck> {
  return check('database', async () => {
    dialectOf(db).checkInPlace(db)
    await lastStoreKey(db)
  })
}

function tablesCheck(db: Db): Promise<ReadinessCheck> {
  return check('tables', () => requireOurTables(db))
}

function writingCheck(oldestPushMs: number): ReadinessCheck {
  const ok = oldestPushMs <= LONGEST_WAIT_MS
  const seconds = Math.round(oldestPushMs / 1000)
  const reason = `a push has waited to be written for ${seconds} s: look for what else writes to the database, or start the server anew`
  return { name: 'writing', ok, reason: ok ? null : reason }
}

async function check(name: 'database' | 'tables', look: () => Promise<void>): Promise<ReadinessCheck> {
  try {
    await look()
    return { name, ok: true, reason: null }
  } catch (error) {
    const { code } = toAppError(error)
    return { name, ok: false, reason: code === 'damaged' ? damaged : whatIsWrong[name] }
  }
}

const damaged = 'the database is damaged: put a backup in its place'
const whatIsWrong = {
  database: 'the database cannot be read, or is not the one that was opened: "store-monitor doctor" says why',
  tables: 'the tables of the database are of another version: start the server anew, or install that version',
} as const
