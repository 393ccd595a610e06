import { expect, test } from 'vitest'
import { POLL_WEEK_MS } from '../../server/uptime/poll-week.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'

const HOUR_MS = 3_600_000
/** So many of a push go to the row of their week, and so few to the tail: in two statements, and read by two. */
const [toWeek, toTail] = [12, 5]
const weekEndMs = Date.parse('2026-10-08T00:00:00Z')
const instants = Array.from({ length: toWeek + toTail }, (_, i) =>
  new Date(weekEndMs + (i - toWeek) * HOUR_MS).toISOString(),
)
const asOf = new Date(weekEndMs + 6 * HOUR_MS).toISOString()
const stores = ['a', 'b', 'c']
const dates = { from: '2026-10-05', to: '2026-10-11' }

/** Says of a store at all instants the same, in one push. */
async function say({ url }: TestServer, store: string, status: string): Promise<void> {
  const polls = instants.map((timestamp_utc) => ({ store_id: store, status, timestamp_utc }))
  const response = await fetch(`${url}/polls`, { method: 'POST', body: JSON.stringify(polls) })
  expect(await response.json()).toMatchObject({ accepted: polls.length })
}

/** Says so, and the contrary, again and again, until it is stopped; how often it did. */
async function contradict(server: TestServer, store: string, signal: AbortSignal): Promise<number> {
  for (let said = 0; ; said++) {
    if (signal.aborted) return said
    await say(server, store, said % 2 === 0 ? 'inactive' : 'active')
  }
}

/** What the lines of a CSV say of stores in a column, by store. */
function saidOf(csv: string, column: number): Map<string, Set<string>> {
  const rows = csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  return new Map(
    Array.from(
      Map.groupBy(rows, ([store]) => store!),
      ([store, ofStore]) => [store, new Set(ofStore.map((row) => row[column]!))],
    ),
  )
}

/** Whether a store was up and down: it never was, in any state of the database. */
function isTorn(uptime: number, downtime: number): boolean {
  return uptime > 0 && downtime > 0
}

const textOf = async (url: string) => (await fetch(url)).text()

const readers: Readonly<Record<string, (server: TestServer, store: string) => Promise<void>>> = {
  async export({ url }) {
    const csv = await textOf(`${url}/polls?format=csv`)
    expect(csv.split('\n')).toHaveLength(2 + stores.length * instants.length)
    for (const [store, statuses] of saidOf(csv, 1)) expect([store, statuses.size]).toEqual([store, 1])
  },
  async page({ url }, store) {
    const { items } = (await (await fetch(`${url}/polls?store_id=${store}`)).json()) as {
      items: { status: string }[]
    }
    expect(items).toHaveLength(instants.length)
    expect(new Set(items.map(({ status }) => status)).size).toBe(1)
  },
  async timeline({ url }, store) {
    const csv = await textOf(`${url}/stores/${store}/timeline?as_of=${asOf}&format=csv`)
    const statuses = new Set(
      csv
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[2]),
    )
    expect(isTorn(Number(statuses.has('up')), Number(statuses.has('down')))).toBe(false)
    expect(statuses.size).toBeGreaterThan(1)
  },
  async uptime({ url }, store) {
    const row = (await (await fetch(`${url}/stores/${store}/uptime?as_of=${asOf}`)).json()) as Record<
      string,
      number
    >
    expect(isTorn(row['uptimeLastWeekMs']!, row['downtimeLastWeekMs']!)).toBe(false)
    expect(row['uptimeLastWeekMs']! + row['downtimeLastWeekMs']!).toBeGreaterThan(0)
  },
  async history({ url }, store) {
    const asked = `by=day&since=${dates.from}&until=${dates.to}&as_of=${asOf}&format=csv`
    const days = (await textOf(`${url}/stores/${store}/history?${asked}`)).trimEnd().split('\n').slice(1)
    const sumOf = (column: number) => days.reduce((sum, day) => sum + Number(day.split(',')[column]), 0)
    expect(isTorn(sumOf(2), sumOf(3))).toBe(false)
    expect(sumOf(2) + sumOf(3)).toBeGreaterThan(0)
  },
  async report({ url }) {
    const { report_url } = await finishedReport(url, { as_of: asOf })
    const rows = (await textOf(report_url as string)).trimEnd().split('\n').slice(1)
    expect(rows).toHaveLength(stores.length)
    for (const row of rows) {
      const [, , , uptime, , , downtime] = row.split(',').map(Number)
      expect(isTorn(uptime!, downtime!)).toBe(false)
    }
  },
  async weeks({ url }) {
    const { report_url } = await finishedReport(url, { as_of: asOf, by: 'week', ...dates })
    for (const row of (await textOf(report_url as string)).trimEnd().split('\n').slice(1)) {
      const [, , uptime, downtime] = row.split(',').map(Number)
      expect(isTorn(uptime!, downtime!)).toBe(false)
    }
  },
}

async function reportsOf({ url }: TestServer): Promise<string[]> {
  const reports = [
    { as_of: asOf },
    { as_of: asOf, by: 'week', ...dates },
    { as_of: asOf, by: 'day', ...dates },
  ]
  return Promise.all(
    reports.map(async (options) => textOf((await finishedReport(url, options))['report_url'] as string)),
  )
}

test(
  'each store is read from one state of the database, whoever writes meanwhile, and wherever its polls lie',
  { timeout: 120_000 },
  async () => {
    expect(weekEndMs % POLL_WEEK_MS).toBe(0)
    await using server = await runningServer()
    await Promise.all(stores.map((store) => say(server, store, 'active')))
    const stop = new AbortController()
    const writing = stores.map((store) => contradict(server, store, stop.signal))
    try {
      const reading = Object.values(readers).map(async (read) => {
        for (let round = 0; round < 20; round++) await read(server, stores[round % stores.length]!)
      })
      await Promise.all(reading)
    } finally {
      stop.abort()
    }
    const said = await Promise.all(writing)
    expect(said.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100)
    expect(server.errors).toEqual([])

    // What was kept of weeks meanwhile is as if it had been computed of the polls as they are now.
    await using other = await runningServer()
    await other.upload(await textOf(`${server.url}/polls?format=csv`), 'polls.csv')
    expect(await reportsOf(server)).toEqual(await reportsOf(other))
  },
)
