import { expect, test } from 'vitest'
import { finishedReport, runningServer } from '../support/running-server.ts'

const HOUR_MS = 3_600_000
const status = { a: 'active', b: 'inactive', c: 'active' }
/** b is down on the second of two days. */
const polls = [
  'store_id,status,timestamp_utc',
  ...['a', 'b', 'c'].flatMap((store) =>
    Array.from({ length: 48 }, (_, hour) => {
      const day = hour < 24 ? '23' : '24'
      const found = day === '24' ? status[store as 'a'] : 'active'
      return `${store},${found},2023-01-${day} ${String(hour % 24).padStart(2, '0')}:00 UTC`
    }),
  ),
].join('\n')
const zones = `store_id,timezone_str\n${['a', 'b', 'c', 'd'].map((store) => `${store},UTC\n`).join('')}`
const details = 'store_id,name,city\na,A,Bonn\nb,B,Bonn\nd,D,Bonn\n'

async function aReport() {
  const server = await runningServer()
  await server.upload(zones, 'timezones.csv')
  await server.upload(details, 'store_details.csv')
  await server.upload(polls, 'store_status.csv')
  const byDay = {
    as_of: '2023-01-25T00:00:00Z',
    reach: '1h',
    by: 'day',
    from: '2023-01-23',
    to: '2023-01-24',
  }
  const { report_id: id } = await finishedReport(server.url, byDay)
  const get = async (path: string) => (await fetch(`${server.url}/reports/${String(id)}/${path}`)).json()
  return { get, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('a report by period is rolled up by a label, a page at a time: a row for each group and period', async () => {
  await using report = await aReport()
  const first = (await report.get('period-groups?by=City&limit=3')) as { items: object[]; nextCursor: string }
  expect(first.items).toMatchObject([
    {
      group: 'Bonn',
      period: '2023-01-23',
      stores: 3,
      uptimeMs: 47.5 * HOUR_MS,
      uptimePercent: 98.96,
      medianUptimePercent: 98.96,
    },
    {
      group: 'Bonn',
      period: '2023-01-24',
      uptimeMs: 24 * HOUR_MS,
      downtimeMs: 24 * HOUR_MS,
      unknownMs: 24 * HOUR_MS,
      uptimePercent: 50,
      observedPercent: 66.67,
      medianUptimePercent: 50,
    },
    { group: null, period: '2023-01-23', stores: 1, uptimePercent: 100 },
  ])
  const rest = await report.get(`period-groups?by=city&limit=3&cursor=${first.nextCursor}`)
  expect(rest).toMatchObject({ items: [{ group: null, period: '2023-01-24' }], nextCursor: null })
  expect(await report.get('period-groups')).toMatchObject({
    items: [
      { group: null, stores: 4 },
      { group: null, stores: 4 },
    ],
  })
  expect(await report.get('period-groups?cursor=x')).toMatchObject({ status: 400 })
  expect(await report.get('groups?by=city')).toMatchObject({ status: 409 })
})

test('the stores of a report by period come the worst first, with what each period had', async () => {
  await using report = await aReport()
  const stores = async (query: string) => {
    const { items } = (await report.get(`period-stores?${query}`)) as { items: { storeId: string }[] }
    return items.map(({ storeId }) => storeId)
  }
  expect(await report.get('period-stores?limit=2')).toMatchObject({
    periods: ['2023-01-23', '2023-01-24'],
    stores: 4,
    items: [
      { storeId: 'b', uptimeMs: 23.5 * HOUR_MS, uptimePercent: 48.96, percents: [97.92, 0] },
      { storeId: 'a', uptimePercent: 100, percents: [100, 100] },
    ],
  })
  expect(await stores('sort_by=uptime')).toEqual(['b', 'a', 'c', 'd'])
  expect(await stores('sort_by=unknown&limit=1')).toEqual(['d'])
  expect(await stores('sort_by=store&store_id=C')).toEqual(['c'])
  expect(await report.get('period-stores?limit=1001')).toMatchObject({ status: 400 })
})
