import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { AppError } from '../../../../shared/app-error.ts'
import type { BackUpOptions } from '../dialect.ts'
import { checkCopy } from './check-copy.ts'
import { databaseError, noDatabaseAt, openError } from './database-error.ts'
import { sqliteFile } from './file.ts'
import { createPatience } from './patience.ts'

/** What SQLite may keep beside a file. */
const companions = ['-wal', '-shm', '-journal']

const BYTES_PER_STEP = 16 * 1024 * 1024
const PATIENCE_MS = 30_000

/**
 * Copies the database as it is at this moment, while others read and write it, to a file that has a name of its own until it
 * has been checked: of several backups to one target, the last one to end is there.
 */
export async function backUpSqlite(
  databaseUrl: string,
  file: string,
  options: BackUpOptions,
): Promise<number> {
  const path = resolve(file)
  const partPath = `${path}.${randomUUID()}.part`
  const database = resolve(sqliteFile(databaseUrl))
  if (!existsSync(database)) throw noDatabaseAt(database)
  await checkTarget(path, database, options.replace)
  try {
    const bytes = await copy(database, partPath, options)
    await checkCopy(partPath, bytes, options.signal)
    await putInPlace(partPath, path)
    return bytes
  } catch (error) {
    throw backupError(path, databaseError(database, error))
  } finally {
    await rm(partPath, { force: true })
    await removeCompanions(partPath)
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

/** The size of the copy in bytes. */
async function copy(path: string, copyPath: string, { onProgress, signal }: BackUpOptions): Promise<number> {
  const database = openDatabase(path)
  try {
    const patience = createPatience(PATIENCE_MS)
    const pageSize = await patience.retried(() => database.pragma('page_size', { simple: true }) as number)
    // All steps read as of here; without it, each commit of another process would make the copying start again.
    database.exec('begin')
    await patience.retried(() => database.prepare('select count(*) from sqlite_schema').get())
    const { totalPages } = await database.backup(copyPath, {
      progress({ totalPages, remainingPages }) {
        signal.throwIfAborted()
        onProgress({
          bytesDone: (totalPages - remainingPages) * pageSize,
          bytesTotal: totalPages * pageSize,
        })
        return Math.ceil(BYTES_PER_STEP / pageSize)
      },
    })
    const bytes = totalPages * pageSize
    onProgress({ bytesDone: bytes, bytesTotal: bytes })
    return bytes
  } catch (error) {
    throw isFullTarget(error) ? fullTarget(copyPath, error) : openError(path, error)
  } finally {
    database.close()
  }
}

function openDatabase(path: string): BetterSqlite3.Database {
  try {
    // Not read-only, as such a connection would leave files beside the database.
    return new BetterSqlite3(path, { fileMustExist: true, timeout: 0 })
  } catch (error) {
    throw openError(path, error)
  }
}

async function putInPlace(partPath: string, path: string): Promise<void> {
  await removeCompanions(path)
  await rename(partPath, path)
  await syncFolder(dirname(path))
}

/** So that the new name is on the disk, too. Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes what may lie beside a file: SQLite would take it for changes to the file that is put there. */
async function removeCompanions(file: string): Promise<void> {
  for (const suffix of companions) await rm(`${file}${suffix}`, { force: true })
}

function isFullTarget(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'SQLITE_FULL'
}

function fullTarget(copyPath: string, cause: unknown): AppError {
  const folder = dirname(copyPath)
  return new AppError('unavailable', `the disk of ${folder} is full: make room for the backup there`, {
    cause,
  })
}

function backupError(path: string, error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException
  if (error instanceof AppError || syscall === undefined) return error
  return new AppError('invalid', `cannot write ${path}: ${message}`, { cause: error })
}
