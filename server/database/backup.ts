import { rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { sqliteFile } from './connect.ts'
import { copySqlite, removeCompanions, type CopyOptions } from './dialect/sqlite/backup.ts'

export interface BackUpOptions extends CopyOptions {
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean
}

/**
 * Backs a database up to a file, while it is in use; its size in bytes. The file is there as a whole, and checked, or
 * not at all. Throws an AppError.
 */
export async function backUp(databaseUrl: string, file: string, options: BackUpOptions): Promise<number> {
  const path = resolve(file)
  const partPath = `${path}.part`
  const database = sqliteFile(databaseUrl)
  await checkTarget(path, database, options.replace)
  try {
    await rm(partPath, { force: true })
    await removeCompanions(partPath)
    const bytes = await copySqlite(database, partPath, options)
    await removeCompanions(path)
    await rename(partPath, path)
    return bytes
  } catch (error) {
    await rm(partPath, { force: true })
    await removeCompanions(partPath)
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    throw new AppError('invalid', `cannot write ${path}: ${(error as Error).message}`, { cause: error })
  }
}

async function checkTarget(path: string, database: string, replace: boolean): Promise<void> {
  const folder = dirname(path)
  if (!(await find(folder))?.isDirectory()) {
    throw new AppError('invalid', `cannot write ${path}: there is no folder ${folder}, make it first`)
  }
  const there = await find(path)
  if (there === undefined) return
  if (!there.isFile()) throw new AppError('invalid', `cannot write ${path}: it is not a file`)
  const source = await find(database)
  if (source?.ino === there.ino && source.dev === there.dev) {
    throw new AppError('invalid', `${path} is the database itself: name another file`)
  }
  if (!replace) {
    throw new AppError('conflict', `${path} is there already: name another file, or replace it with --force`)
  }
}

async function find(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  return stat(path).catch(() => undefined)
}
