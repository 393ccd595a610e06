import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AppError } from '../shared/app-error.ts'
import { isPostgres } from '../shared/database-url.ts'
import { sqliteFile } from './database/dialect/sqlite/file.ts'

/** Throws an `invalid` AppError where the database lies in a folder whose files are taken, and perhaps moved. */
export function checkWatchedFolders(folders: readonly string[], databaseUrl: string): void {
  if (isPostgres(databaseUrl)) return
  const ofDatabase = realPath(dirname(resolve(sqliteFile(databaseUrl))))
  const folder = folders.find((one) => realPath(one) === ofDatabase)
  if (folder === undefined) return
  throw new AppError(
    'invalid',
    `the folder ${folder} cannot be watched, as the database is in it: watch a folder of its own`,
  )
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
