import { sql, type Kysely } from 'kysely'
import type { Migration, MigrationResultSet } from 'kysely/migration'
import { setTimeout as delay } from 'node:timers/promises'
import { migrations, type SchemaMigration } from '../../migrations/index.ts'
import { AppError } from '../../shared/app-error.ts'
import type { Db } from './connect.ts'
import { dialectOf, type Dialect } from './dialect/dialect.ts'

/** For how long a migration waits for tables that others use, in all, and before it lets them go ahead once more. */
const GIVE_UP_AFTER_MS = 30_000
const TRY_AGAIN_MS = 500
/** The migration that makes the table of who can work with what. */
const FIRST_RECORDED = '003-poll-checksums'

/**
 * Brings the tables to what this version of the program uses, and returns the names of the migrations it applied.
 * Safe when several processes do so at once: one migrates, the others wait for it. Tables that a newer version has
 * changed are left as they are where this one can work with them.
 */
export async function migrateToLatest(
  db: Db,
  known: readonly SchemaMigration[] = migrations(dialectOf(db).columnTypes),
): Promise<string[]> {
  const applied = await listApplied(db)
  const names = known.map((migration) => migration.name)
  if (applied.some((name) => !names.includes(name))) {
    await requireReadable(db, applied, names)
    return []
  }
  if (applied.length === known.length) return []
  const made = applied.length === 0 ? await makeNew(db, names) : []
  return made.length === known.length ? made : [...made, ...(await migrateStepByStep(db, known))]
}

async function makeNew(db: Db, known: readonly string[]): Promise<string[]> {
  try {
    return await dialectOf(db).makeNew(db, known)
  } catch (error) {
    throw cannotMigrate(error)
  }
}

/** The same by migrations alone, also where there are no tables. */
export async function migrateStepByStep(
  db: Db,
  known: readonly SchemaMigration[] = migrations(dialectOf(db).columnTypes),
): Promise<string[]> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS
  for (;;) {
    const { error, results = [] } = await apply(db, known)
    if (error === undefined) return results.map((result) => result.migrationName)
    const isBusy = error instanceof AppError && error.code === 'unavailable'
    if (!isBusy || performance.now() > giveUpAt) throw cannotMigrate(error)
    await delay(TRY_AGAIN_MS)
  }
}

async function apply(db: Db, known: readonly SchemaMigration[]): Promise<MigrationResultSet> {
  const { Migrator } = await import('kysely/migration')
  const dialect = dialectOf(db)
  const all = Object.fromEntries(known.map((migration) => [migration.name, recorded(migration, dialect)]))
  return new Migrator({ db, provider: { getMigrations: async () => all } }).migrateToLatest()
}

/** The migration as Kysely runs it, which also records who can work with what it leaves. */
function recorded({ name, readableFrom, up }: SchemaMigration, dialect: Dialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await dialect.beginMigration(db)
      await up(db)
      if (name < FIRST_RECORDED) return
      await sql`insert into schema_compatibility (migration, readable_from) values (${name}, ${readableFrom})`.execute(
        db,
      )
    },
  }
}

function cannotMigrate(error: unknown): AppError {
  if (error instanceof AppError) return error
  const reason = error instanceof Error ? error.message : JSON.stringify(error)
  return new AppError(
    'unavailable',
    `the database cannot be migrated: ${reason}. Was it written by another program, or is it damaged?`,
    { cause: error },
  )
}

/** Asked at every start, so that it takes no lock, and one statement where the migrator would take several. */
async function listApplied(db: Db): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return rows.map(({ name }) => name)
  } catch (error) {
    if (error instanceof AppError) throw error
    return [] // a new database has no such table; what else may be wrong with it, the migrator says
  }
}

/** The migrations that a database lacks, which whoever opens it next to write to it makes up for. */
export async function missingMigrations(db: Db): Promise<string[]> {
  const applied = await listApplied(db)
  return namesOf(db).filter((name) => !applied.includes(name))
}

/** Throws an `unavailable` AppError where this version cannot work with the tables as they are. */
export async function requireOurTables(db: Db): Promise<void> {
  const missing = await missingMigrations(db)
  if (missing.length > 0) throw new AppError('unavailable', `the database lacks ${missing.join(', ')}`)
  const applied = await listApplied(db)
  const known = namesOf(db)
  if (applied.length > known.length) await requireReadable(db, applied, known)
}

function namesOf(db: Db): string[] {
  return migrations(dialectOf(db).columnTypes).map(({ name }) => name)
}

/** Throws where a newer version has changed the tables so that this one would go wrong. */
async function requireReadable(db: Db, applied: readonly string[], known: readonly string[]): Promise<void> {
  const unknown = applied.filter((name) => !known.includes(name))
  const isAhead = known.every((name) => applied.includes(name))
  const readableFrom = isAhead ? await readCompatibility(db) : new Map<string, string>()
  const tooNew = unknown.filter((name) => !known.includes(readableFrom.get(name) ?? ''))
  if (tooNew.length === 0) return
  throw new AppError(
    'unavailable',
    `the database was changed by a newer version of store-monitor (${tooNew.join(', ')}), which this one cannot work with: ` +
      'install that version, or put a backup from before in its place',
  )
}

/** For each migration, the first one that a program has to know to work with the tables. */
async function readCompatibility(db: Db): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ migration: string; readable_from: string }>`
    select migration, readable_from from schema_compatibility`.execute(db)
  return new Map(rows.map((row) => [row.migration, row.readable_from]))
}
