import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PeriodRow, ReportRow } from '../../shared/report.ts'
import { longestWindowMs } from '../../shared/report-columns.ts'
import { connect } from '../../server/database/connect.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import type { Bench } from './bench.ts'
import { correctSomeStores } from './corrected.ts'
import { END_MS } from './data.ts'
import { countExplainedOtherwise, countOtherOutages } from './explained.ts'
import { measured, measuredInTurn, spreadOf, type Figure } from './figures.ts'
import { createHttpClient, get, type HttpClient } from './http.ts'
import { removeDatabase } from './import-bench.ts'
import type { Population } from './population.ts'
import { askerForStores, computeReport, requestReport } from './report-bench.ts'
import { startBenchServer } from './server.ts'
import { addEarlierWeeks } from './year.ts'

const DAY_MS = 86_400_000
const STORES_ASKED_FOR = 200
const STORE_WARM_UPS = 20

export interface HistoryOptions {
  readonly population: Population
  /** How many weeks there are polls of; with 0, none but those that were imported. */
  readonly weeks: number
}

/** Any time, and every number explained: what takes a database with versions, corrections and a year of polls. */
export async function benchHistory(bench: Bench, { population, weeks }: HistoryOptions): Promise<Figure[]> {
  const path = join(bench.folder, 'history.db')
  removeDatabase(path)
  copyFileSync(bench.databasePath, path)
  await correctSomeStores(path)
  const figures = [await correctedFigure(bench, path)]
  if (weeks > 0) await addEarlierWeeks(path, population, { seed: bench.data.seed, weeks })
  await using server = await startBenchServer(bench.programs, weeks > 0 ? path : bench.databasePath)
  using client = createHttpClient(server.url)
  await warmUp(bench, client)
  const weekReport = await requestReport(client)
  if (weeks > 0) figures.push(...(await yearFigures(bench, client, weekReport, weeks)))
  figures.push(...(await oneStoreFigures(client, { reportId: weekReport, stores: bench.data.stores })))
  if (weeks > 0) figures.push(...(await equalityFigures(path, client, weekReport, weeks)))
  removeDatabase(path)
  return figures
}

async function warmUp({ warmUps }: Bench, client: HttpClient): Promise<void> {
  for (let i = 0; i < warmUps; i++) await requestReport(client)
}

/** The week's report where some stores have what others have not. */
async function correctedFigure(bench: Bench, correctedPath: string): Promise<Figure> {
  const { programs, databasePath, runs, reportsInARow } = bench
  await using corrected = await startBenchServer(programs, correctedPath)
  await using plain = await startBenchServer(programs, databasePath)
  using ours = createHttpClient(corrected.url)
  using theirs = createHttpClient(plain.url)
  await warmUp(bench, ours)
  await warmUp(bench, theirs)
  const compared = await measuredInTurn(
    runs,
    async () => void (await requestReport(ours)),
    { name: 'without', run: async () => void (await requestReport(theirs)) },
    reportsInARow,
  )
  return {
    name: 'report, 5 % of stores with corrections and versions',
    unit: 'ms',
    ...compared,
    goal: { of: 'ratio', most: 1.2 },
  }
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'YYYY-MM-DD'.length)
}

/** Whole weeks from a Monday on, but for the last one, which goes on. */
function datesOf(weeks: number): { readonly from: string; readonly to: string } {
  const daysSinceMonday = (new Date(END_MS).getUTCDay() + 6) % 7
  return { from: dateOf(END_MS - (daysSinceMonday + (weeks - 1) * 7) * DAY_MS), to: dateOf(END_MS) }
}

async function yearFigures(
  { runs, data }: Bench,
  client: HttpClient,
  weekReport: string,
  weeks: number,
): Promise<Figure[]> {
  const dates = datesOf(weeks)
  const byWeek = { by: 'week', ...dates } as const
  let firstId = ''
  let reportId = ''
  const first = await measured(1, async () => {
    firstId = await computeReport(client, byWeek)
  })
  const computed = await measuredInTurn(
    runs,
    async () => {
      reportId = await computeReport(client, byWeek)
    },
    { name: 'report of the last week', run: async () => void (await computeReport(client)) },
  )
  const onDemand = await measured(Math.min(runs, 3), async () => {
    await computeReport(client, { ...byWeek, interpolation: 'previous' })
  })
  const file = await measured(3, async () => void (await get(client, `/reports/${reportId}.csv`)))
  const query = { by: 'day', since: dates.from, until: dates.to }
  const of = { reportId: weekReport, stores: data.stores }
  const askHistory = await askerForStores(client, of, { procedure: 'store.history', query })
  return [
    { name: `${weeks} weeks by week, the first time`, unit: 'ms', ours: first },
    { name: `${weeks} weeks by week`, unit: 'ms', ...computed, goal: { of: 'ratio', most: 5 } },
    { name: `${weeks} weeks by week, judged from polls`, unit: 'ms', ours: onDemand },
    { name: `${weeks} weeks by week, its CSV`, unit: 'ms', ours: file },
    {
      name: 'stores with other totals kept',
      unit: 'stores',
      ours: spreadOf([await countOtherRows(client, firstId, reportId)]),
      goal: { of: 'figure', most: 0 },
    },
    {
      name: `one store's ${weeks} weeks by day`,
      unit: 'ms',
      ours: await askedFor(askHistory),
      goal: { of: 'figure', most: 20 },
    },
  ]
}

/** How many stores' rows are not the same in two reports. */
async function countOtherRows(client: HttpClient, ...reportIds: readonly [string, string]): Promise<number> {
  const [first, second] = [
    await get(client, `/reports/${reportIds[0]}.csv`),
    await get(client, `/reports/${reportIds[1]}.csv`),
  ]
  if (first.equals(second)) return 0
  const known = new Set(first.toString().split('\n'))
  const other = second
    .toString()
    .split('\n')
    .filter((line) => !known.has(line))
  return Math.max(1, new Set(other.map((line) => line.split(',')[0])).size)
}

/** What is asked of one store out of all. */
async function oneStoreFigures(
  client: HttpClient,
  of: { readonly reportId: string; readonly stores: number },
): Promise<Figure[]> {
  const since = new Date(END_MS - longestWindowMs).toISOString()
  const ask = {
    timeline: await askerForStores(client, of, { procedure: 'store.timeline', query: { since } }),
    history: await askerForStores(client, of, {
      procedure: 'store.history',
      query: { by: 'day', since: dateOf(END_MS - longestWindowMs), until: dateOf(END_MS) },
    }),
  }
  return [
    {
      name: "one store's timeline of a week",
      unit: 'ms',
      ours: await askedFor(ask.timeline),
      goal: { of: 'figure', most: 10 },
    },
    {
      name: "one store's week by day",
      unit: 'ms',
      ours: await askedFor(ask.history),
      goal: { of: 'figure', most: 20 },
    },
  ]
}

async function askedFor(ask: () => Promise<void>): Promise<NonNullable<Figure['ours']>> {
  for (let i = 0; i < STORE_WARM_UPS; i++) await ask()
  return measured(STORES_ASKED_FOR, ask)
}

/** Of all stores: what explains a row adds up to it. */
async function equalityFigures(
  path: string,
  client: HttpClient,
  weekReport: string,
  weeks: number,
): Promise<Figure[]> {
  const db = await connect(path, { readOnly: true })
  const asOf = (await latestPollAt(db))!
  // All that there are polls of, whatever the zone.
  const dates = { from: dateOf(END_MS - (weeks + 2) * 7 * DAY_MS), to: dateOf(END_MS + 2 * DAY_MS) }
  const allTime = await computeReport(client, { by: 'month', ...dates })
  // All of them first: a server ends a connection that nobody uses meanwhile.
  const ofWeek = await rowsOf<ReportRow>(client, weekReport)
  const ofAllTime = await rowsOf<PeriodRow>(client, allTime)
  const explained = await countExplainedOtherwise(db, ofWeek, asOf)
  const outages = await countOtherOutages(db, ofAllTime, {
    asOf,
    since: dates.from,
    until: dates.to,
  })
  await db.destroy()
  const goal = { of: 'figure', most: 0 } as const
  return [
    { name: 'stores explained otherwise', unit: 'stores', ours: spreadOf([explained]), goal },
    { name: 'stores with other outages', unit: 'stores', ours: spreadOf([outages]), goal },
  ]
}

async function rowsOf<Row>(client: HttpClient, reportId: string): Promise<Row[]> {
  const text = await get(client, `/reports/${reportId}.ndjson`)
  return text
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}
