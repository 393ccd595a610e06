import { Kysely, sql } from 'kysely'
import { isPostgres } from '../../shared/database-url.ts'
import type { Access, Db, Dialect } from './dialect/dialect.ts'
import type { Database } from './schema.ts'

export type { Db } from './dialect/dialect.ts'

/** For how long whoever finds the database locked by another writer waits for it. */
const PATIENCE_MS = 30_000

/**
 * Opens the database that a URL names: a path, or `sqlite:` or `file:` and a path (`sqlite:///var/lib/a.db`), or
 * `postgresql://user:password@host:port/name`. It may be written, and made where it is a file, unless `access` says
 * otherwise. Throws an AppError that says what is wrong with the URL or the database.
 */
export async function connect(databaseUrl: string, access: Partial<Access> = {}): Promise<Db> {
  const { readOnly = false } = access
  const dialect = await dialectOfUrl(databaseUrl)
  const db = new Kysely<Database>({
    dialect: await dialect.open(databaseUrl, {
      readOnly,
      mayCreate: !readOnly,
      checkpoints: true,
      checksReferences: true,
      durable: false,
      keepsLittle: false,
      patienceMs: PATIENCE_MS,
      ...access,
    }),
  })
  // Kysely closes only what it has used.
  await sql`select 1`.execute(db)
  return db
}

/** Loaded when it is asked for: a program needs the driver of one database. */
export async function dialectOfUrl(databaseUrl: string): Promise<Dialect> {
  if (isPostgres(databaseUrl)) {
    const { postgresDialect } = await import('./dialect/postgres/dialect.ts')
    return postgresDialect()
  }
  const { sqliteDialect } = await import('./dialect/sqlite/dialect.ts')
  return sqliteDialect()
}
