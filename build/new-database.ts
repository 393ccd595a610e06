/**
 * Writes what makes a new SQLite database as the migrations leave one: `node build/new-database.ts FILE`. To be run after a migration
 * was added, as `npm run build:new-database`; a test compares the two.
 */
import BetterSqlite3 from 'better-sqlite3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { connect } from '../server/database/connect.ts'
import { migrateStepByStep } from '../server/database/migrate.ts'

const [target] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'store-monitor-new-database-'))
try {
  const path = join(folder, 'new.db')
  const migrated = await migratedDatabase(path)
  const database = new BetterSqlite3(path)
  const source = `// Written by build/new-database.ts.

/** The migrations that \`newDatabase\` does what they do. */
export const migrationsOfNewDatabase: readonly string[] = ${JSON.stringify(migrated)}

/** The statements that make the tables of a new database, and what is in them from the beginning. */
export const newDatabase: readonly string[] = ${JSON.stringify(statementsOf(database))}
`
  database.close()
  writeFileSync(
    target!,
    await format(source, { ...(await resolveConfig(import.meta.filename)), parser: 'typescript' }),
  )
} finally {
  rmSync(folder, { recursive: true })
}

async function migratedDatabase(path: string): Promise<string[]> {
  await using db = await connect(path)
  return await migrateStepByStep(db)
}

function statementsOf(database: BetterSqlite3.Database): string[] {
  // Not what SQLite makes by itself.
  const schema = database
    .prepare(
      `select type, name, sql from sqlite_schema where sql is not null and name not like 'sqlite_%' order by rowid`,
    )
    .all() as { type: string; name: string; sql: string }[]
  const tables = schema.filter(({ type, name }) => type === 'table' && name !== 'kysely_migration')
  return [...schema.map(({ sql }) => sql), ...tables.flatMap(({ name }) => insertsInto(database, name))]
}

function insertsInto(database: BetterSqlite3.Database, table: string): string[] {
  const rows = database.prepare(`select * from "${table}"`).all() as Record<string, unknown>[]
  return rows.map((row) => {
    const names = Object.keys(row).map((name) => `"${name}"`)
    const values = Object.values(row).map(literalOf)
    return `insert into "${table}" (${names.join(', ')}) values (${values.join(', ')})`
  })
}

function literalOf(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value)
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  throw new Error(`a new database has a ${typeof value} in it, which this does not know how to write`)
}
