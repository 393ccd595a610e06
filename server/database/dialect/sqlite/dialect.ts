import { setTimeout as delay } from 'node:timers/promises'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type QueryResult,
  type SqliteDatabase,
  type SqliteDialectConfig,
} from 'kysely'

const RETRY_MS = 1
const GIVE_UP_AFTER_MS = 30_000

/**
 * SQLite as several threads and processes of ours use it at once: a transaction that may write takes the write lock
 * when it begins, so that it never fails half-way, and whoever finds the lock taken waits without blocking its thread.
 */
export class SharedSqliteDialect extends SqliteDialect {
  readonly #config: SharedSqliteConfig

  constructor(config: SharedSqliteConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): SqliteDriver {
    return new SharedSqliteDriver(this.#config)
  }

  override createAdapter(): SqliteAdapter {
    return new LockingSqliteAdapter()
  }
}

interface SharedSqliteConfig extends SqliteDialectConfig {
  readonly database: SqliteDatabase
  readonly readOnly: boolean
  readonly isInTransaction: () => boolean
}

class SharedSqliteDriver extends SqliteDriver {
  readonly #begin: CompiledQuery
  readonly #isInTransaction: () => boolean
  #connection: DatabaseConnection | undefined

  constructor(config: SharedSqliteConfig) {
    super(config)
    this.#isInTransaction = config.isInTransaction
    this.#begin = CompiledQuery.raw(config.readOnly ? 'begin' : 'begin immediate')
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new PatientConnection(await super.acquireConnection())
    return this.#connection
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(this.#begin)
  }

  /** Where the disk is full SQLite has rolled back by itself, and the error of another rollback would hide that. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#isInTransaction()) await super.rollbackTransaction(connection)
  }
}

/**
 * Kysely's own adapter takes no lock, which is right for one process only. Where DDL is transactional, Kysely runs all
 * migrations in one transaction, and ours begin by taking SQLite's write lock.
 */
class LockingSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class PatientConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection

  constructor(inner: DatabaseConnection) {
    this.#inner = inner
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return retryWhileBusy(() => this.#inner.executeQuery<Row>(query))
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#inner.streamQuery<Row>(query, chunkSize)
  }
}

/** The result of `attempt`, made again while another connection holds the lock it needs. */
export async function retryWhileBusy<Result>(attempt: () => Result | Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error
    }
    await delay(RETRY_MS)
  }
}

function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY')
}
