import { Readable } from 'node:stream'
import type { ReportOptionsInput } from '../../shared/report.ts'
import type { Bench } from './bench.ts'
import { sizes } from './data.ts'
import { countEqualStores } from './equality.ts'
import { measured, measuredInTurn, scaled, spreadOf, type Figure } from './figures.ts'
import { createHttpClient, get, post, type HttpClient } from './http.ts'
import { memoryFigure } from './import-bench.ts'
import { readWholeFile } from './plain-read.ts'
import { startBenchServer } from './server.ts'

/** Reports of a warm server, from the request to the last byte of the CSV. */
export async function benchReport(bench: Bench): Promise<Figure[]> {
  const { data, programs, databasePath, duckDb, runs, reportsInARow, warmUps } = bench
  const databaseRead = await measured(3, () => readWholeFile(databasePath))
  await using server = await startBenchServer(programs, databasePath)
  using client = createHttpClient(server.url)
  await duckDb?.report() // which loads its tables
  for (let warmUp = 0; warmUp < warmUps; warmUp++) await requestReport(client)
  let reportId = ''
  const compared = await measuredInTurn(
    runs,
    async () => {
      reportId = await requestReport(client)
    },
    duckDb && { name: 'DuckDB query', run: () => duckDb.report() },
    reportsInARow,
  )
  const report = compared.ours
  const { peakBytes } = await server.tell()
  return [
    {
      name: 'report over HTTP',
      unit: 'ms',
      ...compared,
      goal: { of: 'ratio', most: 0.1 },
    },
    {
      name: 'report against read',
      unit: 'ms',
      ours: report,
      baseline: { name: 'read of the database', value: databaseRead },
    },
    { name: 'report per poll', unit: 'ns', ours: scaled(report, 1e6 / data.polls) },
    memoryFigure('report, peak memory', peakBytes === undefined ? [] : [peakBytes], 1024),
    await oneStoreFigure(bench, client, reportId),
    await equalityFigure(bench, client, reportId),
  ]
}

/** Asks for a report, waits for its end and reads its CSV; the id of it. */
export async function requestReport(client: HttpClient): Promise<string> {
  const reportId = await computeReport(client)
  await get(client, `/reports/${reportId}.csv`)
  return reportId
}

/** Asks for a report and waits for its end; the id of it. */
export async function computeReport(client: HttpClient, options?: ReportOptionsInput): Promise<string> {
  const body = options && Readable.from([JSON.stringify(options)])
  const requested = await post(client, '/trigger_report', body)
  const { report_id: reportId } = JSON.parse(requested.toString()) as { report_id: string }
  const events = await get(client, `/reports/${reportId}/events`)
  if (!events.includes('event: complete'))
    throw new Error(`report ${reportId} ended with: ${events.toString()}`)
  return reportId
}

/** A request takes about a millisecond, so that few of them say little. */
const STORES_ASKED_FOR = 200
const STORE_WARM_UPS = 100
const PAGES_OF_STORES = 20

/** The row of a single store, computed for it alone: as a client asks for it, over HTTP. */
async function oneStoreFigure({ data }: Bench, client: HttpClient, reportId: string): Promise<Figure> {
  const ask = await askerForStores(client, { reportId, stores: data.stores })
  for (let warmUp = 0; warmUp < STORE_WARM_UPS; warmUp++) await ask()
  const whole = await measured(3, async () => void (await requestReport(client)))
  return {
    name: "one store's report",
    unit: 'ms',
    ours: await measured(STORES_ASKED_FOR, ask),
    baseline: { name: 'report of all', value: whole },
    // Of a million stores, as with fewer a request itself takes longer than that.
    goal: data.stores >= sizes.country ? { of: 'ratio', most: 0.001 } : undefined,
  }
}

/** Asks for the row of one store after the other, from all over the data, or for something else about it. */
export async function askerForStores(
  client: HttpClient,
  { reportId, stores }: { readonly reportId: string; readonly stores: number },
  { procedure, query }: { readonly procedure: string; readonly query: object } = {
    procedure: 'store.uptime',
    query: {},
  },
): Promise<() => Promise<void>> {
  const inputOf = (input: object) => encodeURIComponent(JSON.stringify(input))
  const items: { readonly storeId: string }[] = []
  for (let page = 0; page < PAGES_OF_STORES; page++) {
    const cursor = String(Math.floor((page * stores) / PAGES_OF_STORES))
    const answer = await get(client, `/trpc/report.rows?input=${inputOf({ reportId, limit: 5, cursor })}`)
    items.push(...(JSON.parse(answer.toString()) as { result: { data: { items: [] } } }).result.data.items)
  }
  let next = 0
  return async () => {
    const { storeId } = items[next++ % items.length]!
    await get(client, `/trpc/${procedure}?input=${inputOf({ storeId, ...query })}`)
  }
}

/** How many stores' totals are not DuckDB's. */
async function equalityFigure({ duckDb }: Bench, client: HttpClient, reportId: string): Promise<Figure> {
  const name = 'stores with other totals'
  if (!duckDb) return { name, unit: 'stores', note: 'DuckDB was not run' }
  const { stores, equal } = await countEqualStores(
    await get(client, `/reports/${reportId}.ndjson`),
    duckDb.totalsPath,
  )
  return {
    name,
    unit: 'stores',
    ours: spreadOf([stores - equal]),
    goal: { of: 'figure', most: 0 },
    note: `${equal} of ${stores} stores equal`,
  }
}
