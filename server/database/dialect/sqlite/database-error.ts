import { AppError } from '../../../../shared/app-error.ts'
import { isBusy } from './patience.ts'

/** Why a file cannot be opened as a database, for the person who named it. */
export function openError(path: string, error: unknown): unknown {
  const known = databaseError(path, error)
  const isKnown = known instanceof AppError && (error as Partial<SqliteError>).code !== 'SQLITE_NOTADB'
  if (isKnown || !isSqliteError(error)) return known
  return new AppError(
    'unavailable',
    `cannot open the database ${path}: ${error.message}. Is it a SQLite file that this user may read and write?`,
    { cause: error },
  )
}

/** What went wrong with a statement as an AppError, where it is not the program's fault; otherwise the error itself. */
export function databaseError(path: string, error: unknown): unknown {
  if (!isSqliteError(error)) return error
  if (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT')) {
    const reason = `the database ${path} is damaged (${error.message}): put a backup in its place`
    return new AppError('damaged', reason, { cause: error })
  }
  const reason = reasonOf(path, error)
  return reason === undefined ? error : new AppError('unavailable', reason, { cause: error })
}

interface SqliteError extends Error {
  readonly code: string
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && String((error as Partial<SqliteError>).code).startsWith('SQLITE_')
}

function reasonOf(path: string, error: SqliteError): string | undefined {
  const { code, message } = error
  if (isBusy(error)) {
    return `the database ${path} is busy: another program has been writing to it for long; try again`
  }
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE') {
    return `the disk of ${path} is full (${message}): make room, and try again`
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return `the database ${path} cannot be written (${message}): may this user write it and its folder?`
  }
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN')) {
    return `the database ${path} cannot be read or written (${message}): is its disk there and in order?`
  }
  return undefined
}

export function noDatabaseAt(path: string): AppError {
  return new AppError(
    'unavailable',
    `there is no database at ${path}: import data first (store-monitor import FOLDER), or say where it is with --database or --url`,
  )
}
