import { Kysely, sql } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import { openSqlite } from './dialect/sqlite/open.ts'
import type { Database } from './schema.ts'

export type Db = Kysely<Database>

export interface Access {
  readonly readOnly?: boolean
  /** Whether the database is made where there is none; by default, where it may be written. */
  readonly mayCreate?: boolean
  /**
   * Whether writing on this connection may take the time to tidy the file up; by default, it may. Not for the thread that
   * answers requests, where others write, too.
   */
  readonly checkpoints?: boolean
  /** Whether a commit survives a power cut, not only a killed process. */
  readonly durable?: boolean
}

/**
 * Opens the database that a URL names: a path, or `sqlite:` or `file:` and a path (`sqlite:///var/lib/a.db`).
 * Throws an AppError that says what is wrong with the URL or the file.
 */
export async function connect(databaseUrl: string, access: Access = {}): Promise<Db> {
  const { readOnly = false, mayCreate = !readOnly, checkpoints = true, durable = false } = access
  const dialect = await openSqlite(sqliteFile(databaseUrl), { readOnly, mayCreate, checkpoints, durable })
  const db = new Kysely<Database>({ dialect })
  // Kysely closes only what it has used.
  await sql`select 1`.execute(db)
  return db
}

/** The path of the file that a URL names. */
export function sqliteFile(databaseUrl: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(databaseUrl) ?? []
  if (scheme === undefined || rest === undefined) return databaseUrl
  if (scheme === 'sqlite' || scheme === 'sqlite3' || scheme === 'file') {
    const path = decodeURIComponent(rest.replace(/^\/\/(?:localhost(?=\/))?/, ''))
      .replace(/^\/{2,}/, '/')
      // sqlite:///./a.db, as many programs write a path from the current folder.
      .replace(/^\/(?=\.\.?\/)/, '')
    if (path !== '' && path !== ':memory:') return path
    throw new AppError(
      'invalid',
      `the database URL "${databaseUrl}" names no file; the database is shared by threads, so it cannot be in memory`,
    )
  }
  throw new AppError(
    'invalid',
    // Without the rest, which may have a password.
    `a database URL with ${scheme}: is not supported: write a file's path, or sqlite: and a path`,
  )
}
