import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { AppError } from '../../../../shared/app-error.ts'
import { databaseError, noDatabaseAt } from './database-error.ts'
import { retryWhileBusy } from './dialect.ts'

/** What SQLite may keep beside a file. */
const companions = ['-wal', '-shm', '-journal']

const BYTES_PER_STEP = 16 * 1024 * 1024

export interface CopyOptions {
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void
  readonly signal: AbortSignal
}

/**
 * Copies a database as it is at this moment to a new file, while others read and write it, and checks the copy.
 * Returns its size in bytes. Throws an AppError where the file is no database, or a damaged one.
 */
export async function copySqlite(file: string, copy: string, options: CopyOptions): Promise<number> {
  const path = resolve(file)
  if (!existsSync(path)) throw noDatabaseAt(path)
  try {
    return await copyAndCheck(path, copy, options)
  } catch (error) {
    if (!(error instanceof BetterSqlite3.SqliteError)) throw error
    throw databaseError(path, error)
  }
}

async function copyAndCheck(
  path: string,
  copy: string,
  { onProgress, signal }: CopyOptions,
): Promise<number> {
  // Not read-only, as such a connection would leave files beside the database.
  const database = new BetterSqlite3(path, { fileMustExist: true, timeout: 0 })
  try {
    const pageSize = await retryWhileBusy(() => database.pragma('page_size', { simple: true }) as number)
    // All steps read as of here; without it, each commit of another process would make the copying start again.
    database.exec('begin')
    await retryWhileBusy(() => database.prepare('select count(*) from sqlite_schema').get())
    const { totalPages } = await database.backup(copy, {
      progress({ totalPages, remainingPages }) {
        signal.throwIfAborted()
        onProgress({
          bytesDone: (totalPages - remainingPages) * pageSize,
          bytesTotal: totalPages * pageSize,
        })
        return Math.ceil(BYTES_PER_STEP / pageSize)
      },
    })
    checkCopy(copy)
    const bytes = totalPages * pageSize
    onProgress({ bytesDone: bytes, bytesTotal: bytes })
    return bytes
  } finally {
    database.close()
  }
}

/** Checks the copy from its first page to its last, and leaves it a single file that needs nothing beside it. */
function checkCopy(copy: string): void {
  const database = new BetterSqlite3(copy)
  try {
    database.pragma('journal_mode = delete')
    const problems = database.pragma('quick_check') as { quick_check: string }[]
    const [first] = problems.map((problem) => problem.quick_check)
    if (first !== 'ok') {
      throw new AppError('unavailable', `the database is damaged (${first}): put a backup in its place`)
    }
  } finally {
    database.close()
  }
}

/** Removes what may lie beside a file: SQLite would take it for changes to the file that is put there. */
export async function removeCompanions(file: string): Promise<void> {
  for (const suffix of companions) await rm(`${file}${suffix}`, { force: true })
}
