import BetterSqlite3 from 'better-sqlite3'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect, type Db } from '../../../../server/database/connect.ts'
import { migrateStepByStep, migrateToLatest } from '../../../../server/database/migrate.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const root = join(import.meta.dirname, '../../../..')

test('what makes a new database is what the migrations make: otherwise run npm run build:new-database', async () => {
  await using folder = await temporaryFolder()
  const built = folder.file('new-database.ts')
  execFileSync(process.execPath, [join(root, 'build/new-database.ts'), built])
  const kept = join(root, 'server/database/dialect/sqlite/new-database.ts')
  expect(readFileSync(built, 'utf8')).toBe(readFileSync(kept, 'utf8'))
})

test('a new database is as one that was migrated step by step, and is not migrated again', async () => {
  await using folder = await temporaryFolder()
  const [atOnce, stepByStep] = [folder.file('at-once.db'), folder.file('step-by-step.db')]
  const names = await made(atOnce, migrateToLatest)
  expect(names).toEqual(await made(stepByStep, migrateStepByStep))
  expect(contentsOf(atOnce)).toEqual(contentsOf(stepByStep))
  expect(await made(atOnce, migrateStepByStep)).toEqual([])
})

test('tables of other programs are left alone', async () => {
  await using folder = await temporaryFolder()
  const path = folder.file('a.db')
  const others = new BetterSqlite3(path)
  others.exec('create table notes (text text)')
  others.close()
  expect(await made(path, migrateToLatest)).toContain('001-first-schema')
  expect(contentsOf(path)).toHaveProperty('notes')
})

async function made(path: string, migrate: (db: Db) => Promise<string[]>): Promise<string[]> {
  await using db = await connect(path)
  return await migrate(db)
}

/** What makes each table, index and trigger, and the rows of tables; not when they were made. */
function contentsOf(path: string): Record<string, unknown> {
  const database = new BetterSqlite3(path)
  const schema = database.prepare('select type, name, sql from sqlite_schema').all() as Schema[]
  const contents = schema.map(({ type, name, sql }) => {
    const rows = type === 'table' ? database.prepare(`select * from "${name}"`).all() : []
    return [name, { sql, rows: rows.map((row) => ({ ...(row as object), timestamp: null })) }] as const
  })
  database.close()
  return Object.fromEntries(contents)
}

interface Schema {
  readonly type: string
  readonly name: string
  readonly sql: string | null
}
