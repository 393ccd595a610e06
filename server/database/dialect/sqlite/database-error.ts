import { AppError } from '../../../../shared/app-error.ts'

/** Why a file cannot be used as a database, for the person who named it. */
export function databaseError(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error
  const { code, message } = error as { code?: unknown; message: string }
  const isDamaged = typeof code === 'string' && code.startsWith('SQLITE_CORRUPT')
  return new AppError(
    'unavailable',
    isDamaged
      ? `the database ${path} is damaged (${message}): put a backup in its place`
      : `cannot open the database ${path}: ${message}. Is it a SQLite file that this user may read and write?`,
    { cause: error },
  )
}

export function noDatabaseAt(path: string): AppError {
  return new AppError(
    'unavailable',
    `there is no database at ${path}: import data first (store-monitor import FOLDER), or say where it is with --database or --url`,
  )
}
