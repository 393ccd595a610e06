import { MIB, type Bench } from './bench.ts'
import { scaled, spreadOf, type Figure } from './figures.ts'
import { createHttpClient, get, type HttpClient } from './http.ts'
import { requestReport } from './report-bench.ts'
import { startBenchServer, type BenchServer } from './server.ts'

/** What may be asked of the rows of a report: of each kind of order and filter one, after the one that reads them first. */
const views: Readonly<Record<string, object>> = {
  'the first one': { sortBy: 'uptimeLastWeekPercent' },
  'by uptime': { sortBy: 'uptimeLastDayPercent', order: 'descending' },
  'by state': { sortBy: 'now' },
  'by name': { sortBy: 'name' },
  'by zone': { sortBy: 'timezone' },
  'by last poll': { sortBy: 'lastPoll', order: 'descending' },
  'that are down': { now: 'down', sortBy: 'downMs', order: 'descending' },
  'of a range': { uptimeFrom: 80, uptimeTo: 95 },
  'with a text': { search: 'a1', sortBy: 'downtimeLastWeekMs', order: 'descending' },
  'of a zone': { timezone: 'America/Chicago' },
}

const MOST_FIRST_MS = 500
const MOST_NEXT_MS = 50
const MOST_MIB = 100

/** Pages of a report's rows in any order and of any filter: in time of a processor, of whatever thread, and in memory. */
export async function benchView({ programs, databasePath }: Bench): Promise<Figure[]> {
  await using server = await startBenchServer(programs, databasePath)
  using client = createHttpClient(server.url)
  const reportId = await requestReport(client)
  const before = await server.tell()
  const firsts: Figure[] = []
  const nexts: number[] = []
  for (const [name, query] of Object.entries(views)) {
    firsts.push({
      name: `rows ${name}, first page`,
      unit: 'ms',
      ours: spreadOf([await cpuMsOf(server, () => askForPage(client, { reportId, ...query }))]),
      goal: { of: 'figure', most: MOST_FIRST_MS },
      note: 'of a processor',
    })
    nexts.push(await cpuMsOf(server, () => askForPage(client, { reportId, ...query, cursor: '100' })))
  }
  const after = await server.tell()
  return [
    ...firsts,
    {
      name: 'rows, next page',
      unit: 'ms',
      ours: spreadOf(nexts),
      goal: { of: 'figure', most: MOST_NEXT_MS },
      note: 'of a processor, of all these',
    },
    {
      name: 'rows, further memory',
      unit: 'MiB',
      ours: scaled(spreadOf([Math.max(0, after.residentBytes - before.residentBytes)]), 1 / MIB),
      goal: { of: 'figure', most: MOST_MIB },
    },
  ]
}

async function askForPage(client: HttpClient, query: object): Promise<void> {
  const input = encodeURIComponent(JSON.stringify({ limit: 100, ...query }))
  await get(client, `/trpc/report.rows?input=${input}`)
}

async function cpuMsOf(server: BenchServer, act: () => Promise<void>): Promise<number> {
  const before = await server.tell()
  await act()
  return (await server.tell()).cpuMs - before.cpuMs
}
