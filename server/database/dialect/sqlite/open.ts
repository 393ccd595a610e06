import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { databaseError, noDatabaseAt } from './database-error.ts'
import { retryWhileBusy, SharedSqliteDialect } from './dialect.ts'

export interface SqliteAccess {
  readonly readOnly: boolean
  readonly mayCreate: boolean
  /** Whether this connection moves what was written from the WAL to the file now and then, which takes a while. */
  readonly checkpoints: boolean
  /** Whether a commit is on the disk before it is reported, so that not even a power cut undoes it. */
  readonly durable: boolean
}

/** Opens the file, creating it and its folder where it may write. Throws an AppError that names the file. */
export async function openSqlite(file: string, access: SqliteAccess): Promise<SharedSqliteDialect> {
  const path = resolve(file)
  if (!access.mayCreate && !existsSync(path)) throw noDatabaseAt(path)
  let database: BetterSqlite3.Database | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    // No busy timeout: SQLite would sleep on the thread, the dialect waits off it.
    const opened = (database = new BetterSqlite3(path, { readonly: access.readOnly, timeout: 0 }))
    await retryWhileBusy(() => configure(opened, access))
    return new SharedSqliteDialect({
      database: withStatementCache(opened),
      readOnly: access.readOnly,
      isInTransaction: () => opened.inTransaction,
    })
  } catch (error) {
    database?.close()
    throw databaseError(path, error)
  }
}

function configure(database: BetterSqlite3.Database, { readOnly, checkpoints, durable }: SqliteAccess): void {
  // Of a new file: a store's polls of a week then rarely need a further page.
  if (!readOnly) database.pragma('page_size = 8192')
  // Readers go on while one connection writes, in this process and others.
  if (!readOnly) database.pragma('journal_mode = wal')
  // In WAL mode `normal` can lose the last commits in a power cut, but never damage the file.
  database.pragma(`synchronous = ${durable ? 'full' : 'normal'}`)
  if (!checkpoints) database.pragma('wal_autocheckpoint = 0')
  database.pragma('foreign_keys = on')
  database.pragma('cache_size = -32768')
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
