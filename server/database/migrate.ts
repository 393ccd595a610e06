import { sql } from 'kysely'
import { migrations } from '../../migrations/index.ts'
import { AppError } from '../../shared/app-error.ts'
import type { Db } from './connect.ts'
import { sqliteColumnTypes } from './dialect/sqlite/column-types.ts'

/**
 * Brings the tables to what this version of the program uses, and returns the names of the migrations it applied.
 * Safe when several processes do so at once: one migrates, the others wait for it.
 */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const all = migrations(sqliteColumnTypes)
  if (await isCurrent(db, Object.keys(all))) return []
  const { Migrator } = await import('kysely/migration')
  const migrator = new Migrator({ db, provider: { getMigrations: async () => all } })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error === undefined) return results.map((result) => result.migrationName)
  throw cannotMigrate(error)
}

function cannotMigrate(error: unknown): AppError {
  const reason = error instanceof Error ? error.message : JSON.stringify(error)
  return new AppError(
    'unavailable',
    `the database cannot be migrated: ${reason}. Was it written by a newer version of store-monitor, or by another ` +
      'program, or is it damaged?',
    { cause: error },
  )
}

/**
 * Whether just the migrations that this program knows have been applied. Asked at every start, so it takes no lock, and
 * one statement where the migrator would take several.
 */
async function isCurrent(db: Db, known: readonly string[]): Promise<boolean> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return rows.length === known.length && rows.every(({ name }) => known.includes(name))
  } catch {
    return false // a new database has no such table; what else may be wrong with it, the migrator says
  }
}
