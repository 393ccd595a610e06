import { join } from 'node:path'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { casesFolder } from '../support/cases.ts'
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
