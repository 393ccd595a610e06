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
import type { AdapterOfDialect, Dialect } from '../dialect.ts'
import { databaseError } from './database-error.ts'
import type { Patience } from './patience.ts'

export interface SharedSqliteConfig extends SqliteDialectConfig {
  readonly database: SqliteDatabase
  readonly path: string
  readonly readOnly: boolean
  readonly patience: Patience
  readonly isInTransaction: () => boolean
  /** Throws where the file is no longer the one that was opened. */
  readonly checkInPlace: () => void
  readonly dialect: Dialect
}

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

  override createAdapter(): SharedSqliteAdapter {
    return new SharedSqliteAdapter(this.#config)
  }
}

class SharedSqliteDriver extends SqliteDriver {
  readonly #config: SharedSqliteConfig
  readonly #begin: CompiledQuery
  #connection: DatabaseConnection | undefined

  constructor(config: SharedSqliteConfig) {
    super(config)
    this.#config = config
    this.#begin = CompiledQuery.raw(config.readOnly ? 'begin' : 'begin immediate')
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new PatientConnection(await super.acquireConnection(), this.#config)
    return this.#connection
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    if (!this.#config.readOnly) this.#config.checkInPlace()
    await connection.executeQuery(this.#begin)
  }

  /** Where the disk is full SQLite has rolled back by itself, and the error of another rollback would hide that. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#config.isInTransaction()) await super.rollbackTransaction(connection)
  }
}

/**
 * Kysely's own adapter takes no lock, which is right for one process only. Where DDL is transactional, Kysely runs all
 * migrations in one transaction, and ours begin by taking SQLite's write lock.
 */
export class SharedSqliteAdapter extends SqliteAdapter implements AdapterOfDialect {
  readonly dialect: Dialect
  readonly checkInPlace: () => void

  constructor({ dialect, checkInPlace }: SharedSqliteConfig) {
    super()
    this.dialect = dialect
    this.checkInPlace = checkInPlace
  }

  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** Waits for locks, and says what went wrong in words for a person. */
class PatientConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection
  readonly #config: SharedSqliteConfig

  constructor(inner: DatabaseConnection, config: SharedSqliteConfig) {
    this.#inner = inner
    this.#config = config
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { patience, path } = this.#config
    try {
      return await patience.retried(() => this.#inner.executeQuery<Row>(query))
    } catch (error) {
      throw databaseError(path, error)
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#inner.streamQuery<Row>(query, chunkSize)
  }
}
