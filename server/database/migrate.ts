import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
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
  const migrator = new Migrator({ db, provider: { getMigrations: async () => all } })
  try {
    if (await isCurrent(db, migrator)) return []
  } catch (error) {
    throw cannotMigrate(error)
  }
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

/** Whether just the migrations that this program knows have been applied. Takes no lock, as it is asked at every start. */
async function isCurrent(db: Db, migrator: Migrator): Promise<boolean> {
  const known = await migrator.getMigrations()
  if (known.some((migration) => migration.executedAt === undefined)) return false
  const { rows } = await sql<{ applied: number }>`select count(*) as applied from kysely_migration`.execute(
    db,
  )
  return Number(rows[0]?.applied) === known.length
}
