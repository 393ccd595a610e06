import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { AppError } from '../../../../shared/app-error.ts'
import type { Access, Dialect } from '../dialect.ts'
import { noDatabaseAt, openError } from './database-error.ts'
import { SharedSqliteDialect } from './driver.ts'
import { sqliteFile, watchFile } from './file.ts'
import { createPatience } from './patience.ts'

/** Twice what is usual between two checkpoints. */
const MOST_BYTES_OF_LOG_KEPT = 64 * 1024 * 1024

/** Opens the file, and makes it where it may write. Throws an AppError that names the file. */
export async function openSqlite(
  databaseUrl: string,
  access: Access,
  dialect: Dialect,
): Promise<SharedSqliteDialect> {
  const path = resolve(sqliteFile(databaseUrl))
  checkPlace(path, access)
  const patience = createPatience(access.patienceMs)
  let database: BetterSqlite3.Database | undefined
  try {
    // No busy timeout: SQLite would sleep on the thread, the dialect waits off it.
    const opened = (database = new BetterSqlite3(path, { readonly: access.readOnly, timeout: 0 }))
    await patience.retried(() => configure(opened, access))
    return new SharedSqliteDialect({
      database: withStatementCache(opened),
      path,
      readOnly: access.readOnly,
      patience,
      isInTransaction: () => opened.inTransaction,
      checkInPlace: watchFile(path),
      dialect,
    })
  } catch (error) {
    database?.close()
    throw openError(path, error)
  }
}

function checkPlace(path: string, { mayCreate }: Access): void {
  if (existsSync(path)) return
  if (!mayCreate) throw noDatabaseAt(path)
  const folder = dirname(path)
  if (existsSync(folder)) return
  throw new AppError('invalid', `there is no folder ${folder} for the database ${path}: make it first`)
}

function configure(
  database: BetterSqlite3.Database,
  { readOnly, checkpoints, checksReferences, durable, keepsLittle }: Access,
): void {
  // Of a new file: a store's polls of a week then rarely need a further page.
  if (!readOnly) database.pragma('page_size = 8192')
  // Readers go on while one connection writes, in this process and others.
  if (!readOnly) database.pragma('journal_mode = wal')
  // In WAL mode `normal` can lose the last commits in a power cut, but never damage the file.
  database.pragma(`synchronous = ${durable ? 'full' : 'normal'}`)
  // In 32 MiB of log most of the tail's pages are written, read and free again, and never reach the file.
  database.pragma(`wal_autocheckpoint = ${checkpoints ? 4000 : 0}`)
  // Otherwise the log stays as large as the largest transaction ever was, for as long as anybody has it open.
  if (!readOnly) database.pragma(`journal_size_limit = ${MOST_BYTES_OF_LOG_KEPT}`)
  database.pragma(`foreign_keys = ${checksReferences ? 'on' : 'off'}`)
  database.pragma(`cache_size = -${keepsLittle ? 2048 : 32768}`)
}

/** Kysely prepares a statement each time it runs one; here the same text is prepared once. */
function withStatementCache(database: BetterSqlite3.Database): SqliteDatabase {
  const maxStatements = 200
  const statements = new Map<string, SqliteStatement>()
  return {
    prepare(sql) {
      const known = statements.get(sql)
      if (known) return known
      const statement = database.prepare(sql) as unknown as SqliteStatement
      if (statements.size >= maxStatements) statements.clear()
      statements.set(sql, statement)
      return statement
    },
    close() {
      database.close()
    },
  }
}
