import BetterSqlite3 from 'better-sqlite3'
import { createReadStream, existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MIB, type Bench } from './bench.ts'
import { compilingOnce, runNode } from './child.ts'
import { measured, measuredInTurn, scaled, spreadOf, type Figure } from './figures.ts'
import { readWholeFile } from './plain-read.ts'

const MOST_ROWS_INSERTED = 2_000_000

/** Imports the three files into an empty database, durably, and leaves the last one. */
export async function benchImport(bench: Bench): Promise<Figure[]> {
  const { data, programs, databasePath, duckDb, importRuns } = bench
  const files = ['timezones.csv', 'business_hours.csv', 'store_status.csv'].map((name) =>
    join(data.folder, name),
  )
  const csvRead = await measured(3, () => files.forEach(readWholeFile))
  const rowInsert = scaled(
    await measured(1, () => insertRows(bench)),
    data.polls / Math.min(data.polls, MOST_ROWS_INSERTED),
  )

  const peaks: number[] = []
  const importOnce = async () => {
    removeDatabase(databasePath)
    const { ms, peakBytes } = await importInto(bench, databasePath)
    if (peakBytes !== undefined) peaks.push(peakBytes)
    return ms
  }
  const compared = await measuredInTurn(
    importRuns,
    importOnce,
    duckDb && { name: 'DuckDB load', run: () => duckDb.load() },
  )
  const inProcess = compared.ours
  const commandPeaks: number[] = []
  const commandOnce = async () => {
    removeDatabase(databasePath)
    const { ms, peakBytes } = await runNode(
      [programs.cli, 'import', data.folder, '--database', databasePath, '--quiet'],
      { watchMemory: true },
    )
    if (peakBytes !== undefined) commandPeaks.push(peakBytes)
    return ms
  }
  const command = await measuredInTurn(
    importRuns,
    commandOnce,
    duckDb && { name: 'DuckDB load', run: () => duckDb.load() },
  )

  const nsPerPoll = 1e6 / data.polls
  const databaseBytes = wholeSizeOf(databasePath)
  return [
    {
      name: 'import',
      unit: 'ms',
      ...compared,
      goal: { of: 'ratio', most: 0.5 },
    },
    {
      name: 'import against row insert',
      unit: 'ms',
      ours: inProcess,
      baseline: { name: 'SQLite rows', value: rowInsert },
    },
    {
      name: 'import against read',
      unit: 'ms',
      ours: inProcess,
      baseline: { name: 'read of the CSV', value: csvRead },
    },
    { name: 'import per poll', unit: 'ns', ours: scaled(inProcess, nsPerPoll) },
    {
      name: 'import by the CLI, whole process',
      unit: 'ms',
      ...command,
      goal: { of: 'ratio', most: 0.5 },
    },
    memoryFigure('import, peak memory', peaks, 1536),
    memoryFigure('import by the CLI, peak memory', commandPeaks, 1536),
    {
      name: 'database per poll',
      unit: 'bytes',
      ours: spreadOf([databaseBytes / data.polls]),
      goal: { of: 'figure', most: 6 },
    },
  ]
}

export interface Imported {
  readonly ms: number
  /** Of the process that imported, without that of a database's server. */
  readonly cpuMs: number
  readonly rejected: number
  readonly peakBytes?: number
}

/** Imports the three files into an empty database, in a process of its own. */
export async function importInto({ data, programs }: Bench, databaseUrl: string): Promise<Imported> {
  const { stdout } = await runNode([programs.imported, databaseUrl, data.folder], { env: compilingOnce })
  const imported = JSON.parse(stdout) as Imported
  if (imported.rejected > 0)
    throw new Error(`${imported.rejected} rows of the benchmark's own data were rejected`)
  return imported
}

export function memoryFigure(name: string, peaks: readonly number[], mostMib: number): Figure {
  const goal = { of: 'figure', most: mostMib } as const
  if (peaks.length === 0) return { name, unit: 'MiB', goal, note: 'not known on this system' }
  return { name, unit: 'MiB', ours: scaled(spreadOf(peaks), 1 / MIB), goal }
}

export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
}

/** The size of a database once all that was committed is in its one file. */
function wholeSizeOf(path: string): number {
  const database = new BetterSqlite3(path)
  database.pragma('wal_checkpoint(truncate)')
  database.close()
  return statSync(path).size
}

/** Imports the data where it has not been. */
export async function ensureDatabase({ data, programs, databasePath }: Bench): Promise<void> {
  if (!existsSync(databasePath)) await runNode([programs.imported, databasePath, data.folder])
}

/** What SQLite's own shell does: a row for each line, in one transaction. Texts stay what they are. */
async function insertRows({ data, folder }: Bench): Promise<void> {
  const path = join(folder, 'rows.db')
  removeDatabase(path)
  const database = new BetterSqlite3(path)
  database.exec('create table poll (store_id text, status text, timestamp_utc text); begin')
  const insert = database.prepare('insert into poll values (?, ?, ?)')
  let rest = ''
  let left = MOST_ROWS_INSERTED
  for await (const chunk of createReadStream(data.pollsPath, { encoding: 'latin1', highWaterMark: MIB })) {
    const lines = `${rest}${chunk as string}`.split('\n')
    rest = lines.pop()!
    for (const line of lines.slice(0, left)) insert.run(line.split(','))
    left -= lines.length
    if (left <= 0) break
  }
  database.exec('commit')
  database.close()
  removeDatabase(path)
}
