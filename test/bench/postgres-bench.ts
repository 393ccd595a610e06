import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { startPostgres } from '../support/postgres-server.ts'
import type { Bench } from './bench.ts'
import { comparedServers } from './compared-servers.ts'
import { measuredInTurn, spreadOf, type Figure } from './figures.ts'
import { createHttpClient, get } from './http.ts'
import { importInto, removeDatabase } from './import-bench.ts'
import { startBenchServer } from './server.ts'

const TICKS_PER_SECOND = 100

/** The same on PostgreSQL, in turn with SQLite; it runs on this machine, and shares its processors with us. */
export async function benchPostgres(bench: Bench): Promise<Figure[]> {
  await using parts = new AsyncDisposableStack()
  const given = process.env['BENCH_DATABASE_URL']
  const own = given === undefined ? parts.use(await startPostgres({ durable: true })) : undefined
  const databases = parts.use(await databasesOn(given ?? own!.url))
  const imports = await importFigures(bench, databases, own?.pid)
  return [...imports, ...(await reportFigures(bench, databases.url))]
}

interface Databases extends AsyncDisposable {
  /** Of the database that is measured. */
  readonly url: string
  /** Makes it anew, with nothing in it. */
  empty(): Promise<void>
  /** What all its tables take, with what belongs to them, once they are tidied up. */
  bytes(): Promise<number>
}

async function databasesOn(serverUrl: string): Promise<Databases> {
  const name = 'store_monitor_bench'
  const url = Object.assign(new URL(serverUrl), { pathname: name }).href
  const drop = () => ask(serverUrl, `drop database if exists ${name} with (force)`)
  return {
    url,
    async empty() {
      await drop()
      await ask(serverUrl, `create database ${name}`)
    },
    async bytes() {
      await ask(url, 'vacuum full')
      const tables =
        "select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace"
      return Number((await ask<{ bytes: string }>(url, tables))[0]!.bytes)
    },
    [Symbol.asyncDispose]: async () => void (await drop()),
  }
}

async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}

async function importFigures(bench: Bench, databases: Databases, serverPid?: number): Promise<Figure[]> {
  const { data, databasePath, importRuns } = bench
  const cpu = { ours: [] as number[], sqlite: [] as number[] }
  const compared = await measuredInTurn(
    importRuns,
    async () => {
      await databases.empty()
      const before = cpuMsOfServer(serverPid)
      const { ms, cpuMs } = await importInto(bench, databases.url)
      cpu.ours.push(cpuMs + cpuMsOfServer(serverPid) - before)
      return ms
    },
    {
      name: 'SQLite',
      async run() {
        removeDatabase(databasePath)
        const { ms, cpuMs } = await importInto(bench, databasePath)
        cpu.sqlite.push(cpuMs)
        return ms
      },
    },
  )
  return [
    { name: 'PostgreSQL: import', unit: 'ms', ...compared, goal: { of: 'ratio', most: 1.6 } },
    serverPid === undefined
      ? { name: 'PostgreSQL: import, CPU', unit: 'ms', note: "another machine's server is not looked into" }
      : {
          name: 'PostgreSQL: import, CPU',
          unit: 'ms',
          ours: spreadOf(cpu.ours),
          baseline: { name: 'SQLite', value: spreadOf(cpu.sqlite) },
          goal: { of: 'ratio', most: 1.6 },
        },
    {
      name: 'PostgreSQL: database per poll',
      unit: 'bytes',
      ours: spreadOf([(await databases.bytes()) / data.polls]),
      goal: { of: 'figure', most: 8 },
    },
  ]
}

async function reportFigures(bench: Bench, url: string): Promise<Figure[]> {
  const { programs, databasePath } = bench
  await using server = await startBenchServer(programs, url)
  await using sqliteServer = await startBenchServer(programs, databasePath)
  const sqlite = { name: 'SQLite', url: sqliteServer.url }
  const { report, store, reportIds } = await comparedServers(bench, server.url, sqlite)
  const isSame = await isSameReport([server.url, reportIds[0]], [sqlite.url, reportIds[1]])
  return [
    { name: 'PostgreSQL: report over HTTP', unit: 'ms', ...report, goal: { of: 'ratio', most: 2 } },
    { name: "PostgreSQL: one store's report", unit: 'ms', ...store, goal: { of: 'ratio', most: 2 } },
    {
      name: 'PostgreSQL: reports with other bytes',
      unit: 'stores',
      ours: spreadOf([isSame ? 0 : 1]),
      goal: { of: 'figure', most: 0 },
    },
  ]
}

type ReportAt = readonly [url: string, reportId: string]

async function isSameReport(...reports: readonly [ReportAt, ReportAt]): Promise<boolean> {
  const [ours, theirs] = await Promise.all(
    reports.map(async ([url, reportId]) => {
      using client = createHttpClient(url)
      return await get(client, `/reports/${reportId}.csv?columns=all`)
    }),
  )
  return ours!.equals(theirs!)
}

/** Of a server's first process, those that it has started, and those of them that have ended; 0 where that is not known. */
function cpuMsOfServer(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return 0
  let ticks = 0
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined
    if (stat === undefined) continue
    const [utime, stime, ofEnded, ofEndedInKernel] = stat.ticks
    if (Number(name) === pid) ticks += utime! + stime! + ofEnded! + ofEndedInKernel!
    else if (stat.parent === pid) ticks += utime! + stime!
  }
  return (ticks * 1000) / TICKS_PER_SECOND
}

/** See proc(5); a process may end while it is looked at. */
function statOf(pid: string): { readonly parent: number; readonly ticks: readonly number[] } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), ticks: fields.slice(11, 15).map(Number) }
  } catch {
    return undefined
  }
}
