import { randomUUID } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import pg from 'pg'
import { connect } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { citusUrl, dropOnWorkers, spreadOverCitus } from './citus-database.ts'
import { fillDatabase } from './filled-database.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The kind of database that this run of the tests is about. */
export const databaseType: 'sqlite' | 'postgres' =
  process.env['DB_TYPE'] === 'postgres' ? 'postgres' : 'sqlite'

/** How often a property is tried that makes databases: fewer times where each takes longer, or as often as `RUNS` says. */
export function runsOnDatabase(runs: number): number {
  const given = process.env['RUNS']
  if (given !== undefined) return Number(given)
  return databaseType === 'sqlite' ? runs : Math.ceil(runs / 10)
}

/** A database of its own for a test, removed with it. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** Another one with the same in it; nobody may be connected to this one. */
  copy(): Promise<TestDatabase>
}

/** A database without data of the kind that DB_TYPE says; our tables are there, as that is quicker to copy. */
export function testDatabase(): Promise<TestDatabase> {
  return databaseType === 'postgres'
    ? postgresDatabase(template, citusUrl !== undefined)
    : sqliteDatabase(process.env['TEST_SQLITE_TEMPLATE'])
}

/** Likewise, of the coordinator alone where there is a cluster. */
export async function localDatabase(): Promise<TestDatabase> {
  const database = await postgresDatabase(template)
  return {
    ...database,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await dropOnWorkers(database.url)
    },
  }
}

/** One with so many stores, as fillDatabase makes them. */
export async function filledDatabase(storeCount: number): Promise<TestDatabase> {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  await fillDatabase(database.url, storeCount)
  parts.move()
  return database
}

/** A database without our tables. */
export function emptyDatabase(): Promise<TestDatabase> {
  return databaseType === 'postgres' ? postgresDatabase('template1') : sqliteDatabase()
}

const template = 'store_monitor_test_template'

/** Makes what databases on a PostgreSQL are copied from. */
export async function makeTemplate(serverUrl: string): Promise<void> {
  const server = new URL(serverUrl)
  await onServer(server, `drop database if exists ${template}`)
  await onServer(server, `create database ${template}`)
  await using db = await connect(onDatabase(server, template))
  await migrateToLatest(db)
}

async function sqliteDatabase(from?: string): Promise<TestDatabase> {
  const folder = await temporaryFolder()
  const path = folder.file('store-monitor.db')
  if (from !== undefined) await copyFile(from, path)
  return {
    url: path,
    copy: () => sqliteDatabase(path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** Where a cluster is named, polls are spread over it. */
async function postgresDatabase(template: string, isSpread = false): Promise<TestDatabase> {
  const server = new URL(process.env['TEST_DATABASE_URL']!)
  const name = `store_monitor_test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, `create database ${name} template ${template} strategy file_copy`)
  const url = onDatabase(server, name)
  if (isSpread) await spreadOverCitus(url)
  return {
    url,
    copy: () => postgresDatabase(name),
    async [Symbol.asyncDispose]() {
      await onServer(server, `drop database ${name} with (force)`)
      if (isSpread) await dropOnWorkers(url)
    },
  }
}

function onDatabase(server: URL, name: string): string {
  return Object.assign(new URL(server), { pathname: name }).href
}

async function onServer(server: URL, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
