import { join } from 'node:path'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { casesFolder } from '../support/cases.ts'
import { runCli } from '../support/run-cli.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'
import { unzipped } from '../support/unzipped.ts'

test('the file of rows has what their pages have, in the same order, as CSV and as a workbook', async () => {
  await using server = await runningServer()
  await server.uploadCase(join(casesFolder, '26-thirty-stores-over-weeks'))
  const report = await finishedReport(server.url, { as_of: '2024-12-24T16:00:00Z' })
  const before = await finishedReport(server.url, { as_of: '2024-12-19T16:00:00Z' })
  const at = `${server.url}/reports/${String(report['report_id'])}/rows`
  const query = `now=down&now=up&sort_by=downtimeLastWeekMs&order=descending&compare_with=${String(before['report_id'])}`
  const pageNow = async () =>
    (await (await fetch(`${at}?${query}`)).json()) as {
      total: number
      items: Record<string, string | number | null>[]
    }
  const { storeId } = (await pageNow()).items[2]!
  await server.upload(`store_id,name\n${String(storeId)},"=1+1, ""Soup"""\n`, 'store_details.csv')
  const page = await pageNow()
  expect(page.total).toBeGreaterThan(5)

  const answer = await fetch(`${at}.csv?${query}`)
  expect(answer.headers.get('content-disposition')).toBe(
    'attachment; filename="stores-uptime-2024-12-24.csv"',
  )
  const { data, meta } = Papa.parse<Record<string, string>>(await answer.text(), {
    header: true,
    skipEmptyLines: true,
  })
  expect(meta.fields!.slice(0, 8)).toEqual([
    'store_id',
    'name',
    'timezone',
    'now',
    'down_since',
    'down_for(in minutes)',
    'last_poll',
    'uptime_last_hour(in minutes)',
  ])
  expect(data).toHaveLength(page.total)
  for (const [i, row] of data.entries()) {
    const item = page.items[i]!
    expect(row['store_id']).toBe(item['storeId'])
    expect(row['name']).toBe(item['name'] ?? '')
    expect(row['now']).toBe(item['now'])
    expect(row['down_since']).toBe(item['since'] ?? '')
    expect(row['last_poll']).toBe(item['lastPoll'] ?? '')
    expect(Number(row['downtime_last_week(in hours)'])).toBeCloseTo(
      Number(item['downtimeLastWeekMs']) / 3_600_000,
      1,
    )
    expect(row['change(in points)']).toBe((item['change'] as number | null)?.toFixed(2) ?? '')
  }
  expect(data.map((row) => row['name'])).toContain('=1+1, "Soup"')

  const workbook = await fetch(`${at}.xlsx?${query}`)
  const sheet = unzipped(Buffer.from(await workbook.arrayBuffer())).get('xl/worksheets/sheet1.xml')!
  const rows = sheet.match(/<row>/g)!
  expect(rows).toHaveLength(page.total + 1)
  expect(sheet).toContain(`<t>${String(page.items[0]!['storeId'])}</t>`)
  const all = await (await fetch(`${at}.csv`)).text()
  expect(all.trimEnd().split('\n')).toHaveLength(31)
})

test('rows have what their stores lost in the window, where it is asked for', async () => {
  await using server = await runningServer()
  await server.uploadCase(join(casesFolder, '22-outages'))
  const client = createStoreMonitorClient({ url: server.url })
  await client.store.setRevenue.mutate({ storeId: 's1', perHour: 1234.5, currency: 'EUR' })
  const judged = { as_of: '2023-01-25T20:30:00Z', reach: '4h' }
  const reportId = String((await finishedReport(server.url, judged))['report_id'])
  const { asOf, reach } = await client.report.get.query({ reportId })
  const rows = async (query: object) => (await client.report.rows.query({ reportId, ...query })).items
  expect((await rows({})).map(({ salesAtRisk }) => salesAtRisk)).toEqual([null, null])

  const [first, second] = await rows({ sales: true })
  const timeline = await client.store.timeline.query({ storeId: 's1', asOf, reach })
  expect(timeline.salesAtRisk).toMatchObject({ currency: 'EUR', middle: 10_000, basis: 'given' })
  expect(first).toMatchObject({ storeId: 's1', salesAtRisk: timeline.salesAtRisk })
  expect(second).toMatchObject({ storeId: 's2', salesAtRisk: null })
  // In the order that is asked for, and of the window that is.
  const [, last] = await rows({ sales: true, order: 'descending', window: 'LastDay' })
  const day = { since: '2023-01-24T20:30:00Z', until: asOf }
  const ofDay = await client.store.timeline.query({ storeId: 's1', asOf, reach, ...day })
  expect(last).toMatchObject({ storeId: 's1', salesAtRisk: ofDay.salesAtRisk })

  const at = `${server.url}/reports/${reportId}/rows`
  expect(await (await fetch(`${at}?sales=true`)).json()).toMatchObject({ items: [first, second] })
  const lines = (await (await fetch(`${at}.csv?sales=true`)).text()).split('\n')
  expect(lines[0]).toMatch(/,change\(in points\),currency,at_risk_low,at_risk,at_risk_high,at_risk_basis$/)
  expect(lines[1]).toMatch(/^s1,.*,EUR,2500\.00,10000\.00,15000\.00,given$/)
  expect(lines[2]).toMatch(/^s2,.*,,,,,$/)
  const sheet = await fetch(`${at}.xlsx?sales=true`)
  const cells = unzipped(Buffer.from(await sheet.arrayBuffer())).get('xl/worksheets/sheet1.xml')!
  expect(cells).toContain('<t>at_risk_high</t>')
  expect(cells).toContain('<v>15000</v>')
  expect((await fetch(`${at}?sales=yes`)).status).toBe(400)

  const table = ['report', '--as-of', asOf, '--reach', '4h', '--sales', '--url', server.url]
  expect((await runCli(table)).stdout).toMatch(
    / AT RISK\ns2 .* not known\ns1 .* EUR 2,500 to 15,000\nall 2 stores .* h *\n$/,
  )
  const byCity = await runCli([...table, '--group-by', 'city'])
  expect(byCity.stderr).toContain('--sales is for a table by store of a week')

  // A store that is gone since has a row still, and nothing to lose.
  const gone = { storeId: 's1', reason: 'closed' }
  const { polls } = await client.store.delete.mutate(gone)
  await client.store.delete.mutate({ ...gone, confirm: polls })
  expect((await rows({ sales: true }))[0]).toMatchObject({ storeId: 's1', salesAtRisk: null })
})

test('a field of a query that cannot be is refused by its name', async () => {
  await using server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2023-01-24 11:00 UTC\n')
  const { report_id: id } = await finishedReport(server.url)
  const detail = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`)
    return ((await answer.json()) as { detail: string }).detail
  }
  expect(await detail(`/reports/${String(id)}/rows?uptime_from=90&uptime_to=80`)).toBe(
    'uptime_to: 80 is less than uptime_from, 90: give the lower one as uptime_from',
  )
  expect(await detail(`/reports/${String(id)}/rows.csv?uptime_from=most`)).toBe(
    'uptime_from: a percentage is a number from 0 to 100',
  )
  expect(await detail('/strips')).toMatch(/^store_id: store_id is missing, or is none: write \?store_id=…/)
})
