import { DuckDBInstance } from '@duckdb/node-api'
import BetterSqlite3 from 'better-sqlite3'
import { cpus, loadavg, totalmem } from 'node:os'

/** Where the figures are from: those of two machines cannot be compared. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  readonly sqlite: string
  readonly duckdb: string
  /** How many threads wanted to run in the minute before: above 0, others had a share of the machine. */
  readonly loadBefore: number
}

export async function describeMachine(): Promise<Machine> {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    sqlite: sqliteVersion(),
    duckdb: await duckDbVersion(),
    loadBefore: Number(loadavg()[0]!.toFixed(2)),
  }
}

function sqliteVersion(): string {
  const database = new BetterSqlite3(':memory:')
  const version = database.prepare('select sqlite_version()').pluck().get() as string
  database.close()
  return version
}

async function duckDbVersion(): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll('select version()')).getRows()
  connection.closeSync()
  instance.closeSync()
  return rows[0]![0] as string
}
