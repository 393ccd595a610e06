import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStoreMonitorClient, type ListedRow, type StoreMonitorClient } from '../../../client/index.ts'
import { uptimePercent } from '../../../shared/report-columns.ts'
import { storeStates } from '../../../shared/store-state.ts'
import { casesFolder } from '../../support/cases.ts'
import { runningServer, type TestServer } from '../../support/running-server.ts'

const asOf = '2024-12-24T16:00:00Z'
let server: TestServer
let client: StoreMonitorClient

beforeAll(async () => {
  server = await runningServer({ workers: 2 })
  await server.uploadCase(join(casesFolder, '26-thirty-stores-over-weeks'))
  client = createStoreMonitorClient({ url: server.url })
})
afterAll(() => server[Symbol.asyncDispose]())

async function completeReport(asOf: string, options: { corrections?: 'ignored'; labels?: string } = {}) {
  return (await Array.fromAsync(client.runReport({ asOf, ...options }))).at(-1)!.reportId
}

function sumOf(rows: readonly ListedRow[], of: (row: ListedRow) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0)
}

function tallyOf(rows: readonly ListedRow[], window: 'LastHour' | 'LastDay' | 'LastWeek') {
  return {
    uptimeMs: sumOf(rows, (row) => row[`uptime${window}Ms`]),
    downtimeMs: sumOf(rows, (row) => row[`downtime${window}Ms`]),
    unknownMs: sumOf(rows, (row) => row[`unknown${window}Ms`]),
    excusedMs: sumOf(rows, (row) => row[`excused${window}Ms`]),
  }
}

test.each([{}, { search: 'shop' }, { now: 'down' }, { labels: 'chain=Salad', window: 'LastDay' }] as const)(
  'a summary counts and adds up the rows that match %o',
  async (filter) => {
    const reportId = await completeReport(asOf)
    const compareWith = await completeReport('2024-12-19T16:00:00Z')
    const { window = 'LastWeek' } = filter as { window?: 'LastDay' }
    const { items: rows } = await client.report.rows.query({ reportId, ...filter, limit: 1000 })
    const summary = await client.report.summary.query({ reportId, ...filter, compareWith })
    expect(rows.length).toBeGreaterThan(1)
    expect(summary).toMatchObject({ reportId, stores: rows.length, labels: ['chain', 'city'] })
    expect(summary.now).toEqual(
      Object.fromEntries(storeStates.map((state) => [state, rows.filter(({ now }) => now === state).length])),
    )

    const idsOf = new Set(rows.map(({ storeId }) => storeId))
    const { items: allBefore } = await client.report.rows.query({ reportId: compareWith, limit: 1000 })
    const before = allBefore.filter(({ storeId }) => idsOf.has(storeId))
    for (const name of ['LastHour', 'LastDay', 'LastWeek'] as const) {
      const tally = tallyOf(rows, name)
      const then = tallyOf(before, name)
      const percent = uptimePercent(tally.uptimeMs, tally.downtimeMs)
      const percentThen = uptimePercent(then.uptimeMs, then.downtimeMs)
      const isKnown = percent !== null && percentThen !== null
      expect(summary.windows[name]).toEqual({
        ...tally,
        uptimePercent: percent,
        observedPercent: uptimePercent(tally.uptimeMs + tally.downtimeMs, tally.unknownMs + tally.excusedMs),
        changePoints: isKnown ? Math.round((percent - percentThen) * 100) / 100 : null,
      })
    }

    for (const zone of summary.timezones) {
      const ofZone = rows.filter(({ timezone }) => timezone === zone.timezone)
      const tally = tallyOf(ofZone, window)
      expect(zone).toEqual({
        timezone: zone.timezone,
        stores: ofZone.length,
        down: ofZone.filter(({ now }) => now === 'down').length,
        ...tally,
        uptimePercent: uptimePercent(tally.uptimeMs, tally.downtimeMs),
      })
    }
    expect(summary.timezones.reduce((sum, { stores }) => sum + stores, 0)).toBe(rows.length)
    const percents = summary.timezones.map(({ uptimePercent }) => uptimePercent ?? 101)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  },
)

test('each bar of the distribution is the filter that finds its stores', async () => {
  const reportId = await completeReport(asOf)
  const { distribution, stores } = await client.report.summary.query({ reportId })
  expect(distribution.map(({ from, to, observed }) => observed ?? `${from}-${to}`)).toEqual([
    '0-50',
    '50-80',
    '80-90',
    '90-95',
    '95-99',
    '99-100',
    '100-100',
    'never',
    'not-open',
  ])
  let found = 0
  for (const { from, to, observed, stores } of distribution) {
    const filter = observed === null ? { uptimeFrom: from!, uptimeTo: to! } : { observed }
    const { total } = await client.report.rows.query({ reportId, ...filter })
    expect(total).toBe(stores)
    found += total
  }
  expect(found).toBe(stores)
  expect(distribution.filter(({ stores }) => stores > 0).length).toBeGreaterThan(3)
})

test.each([{}, { corrections: 'ignored' }, { labels: 'chain=Salad' }] as const)(
  'the hours of the week add up to the week, of a report with %o',
  async (options) => {
    const reportId = await completeReport(asOf, options)
    const { hours } = await client.report.hours.query({ reportId })
    const totals = await client.report.totals.query({ reportId })
    const sum = (key: keyof (typeof hours)[0]) => hours.reduce((sum, hour) => sum + hour[key], 0)
    expect([sum('uptimeMs'), sum('downtimeMs'), sum('unknownMs'), sum('excusedMs')]).toEqual([
      totals.uptimeLastWeekMs,
      totals.downtimeLastWeekMs,
      totals.unknownLastWeekMs,
      totals.excusedLastWeekMs,
    ])
    expect(hours.filter(({ uptimeMs }) => uptimeMs > 0).length).toBeGreaterThan(24)
    // Of each store no hour of the week is longer than an hour.
    const longest = Math.max(...hours.map((hour) => Object.values(hour).reduce((a, b) => a + b)))
    expect(longest).toBeLessThanOrEqual(totals.stores * 3_600_000)
  },
)

test('hours are those of the local week of each store', async () => {
  await using other = await runningServer()
  await other.upload('store_id,timezone_str\ntokyo,Asia/Tokyo\nutc,UTC\n', 'timezones.csv')
  // One poll of Wednesday 23:30 UTC, which is Thursday 08:30 in Tokyo, and speaks for an hour.
  const polls = ['tokyo', 'utc'].map((store) => `${store},active,2023-01-25 23:30 UTC`).join('\n')
  await other.upload(`store_id,status,timestamp_utc\n${polls}\n`, 'store_status.csv')
  const there = createStoreMonitorClient({ url: other.url })
  const report = { asOf: '2023-01-26T12:00:00Z', reach: '30m' }
  const { reportId } = (await Array.fromAsync(there.runReport(report))).at(-1)!
  const { hours } = await there.report.hours.query({ reportId })
  const up = hours.flatMap(({ uptimeMs }, hour) => (uptimeMs > 0 ? [[hour, uptimeMs / 60_000]] : []))
  expect(up).toEqual([
    [2 * 24 + 23, 60],
    [3 * 24 + 8, 60],
  ])
  await expect(there.report.hours.query({ reportId: crypto.randomUUID() })).rejects.toThrow(/no report/)
})
