import { expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'

const polls = [
  'store_id,status,timestamp_utc',
  ...['a', 'b', 'c', 'd'].flatMap((store, i) =>
    Array.from({ length: 24 }, (_, hour) => {
      const status = hour < i * 4 ? 'inactive' : 'active'
      return `${store},${status},2023-01-24 ${String(hour).padStart(2, '0')}:30 UTC`
    }),
  ),
].join('\n')
const details = [
  'store_id,name,city,chain',
  'a,A,Bonn,Soup',
  'b,B,Bonn,"Soup, Inc."',
  'c,C,Berlin,Soup',
  'e,E,Bonn,Soup',
].join('\n')

interface Group {
  readonly group: string | null
  readonly stores: number
  readonly uptimeLastDayMs: number
  readonly downtimeLastDayMs: number
  readonly uptimeLastDayPercent: number | null
  readonly medianUptimeLastDayPercent: number | null
  readonly observedLastDayPercent: number | null
}

async function aServer() {
  const server = await runningServer()
  await server.upload(details, 'store_details.csv')
  await server.upload(polls, 'store_status.csv')
  return server
}

const asOf = '2023-01-25T00:00:00Z'

test('a report is rolled up by a label: sums, the percentage of the sums, the median store, and coverage', async () => {
  await using server = await aServer()
  const report = await finishedReport(server.url, { as_of: asOf })
  const answer = await fetch(`${server.url}/reports/${String(report['report_id'])}/groups?by=City`)
  const { groups } = (await answer.json()) as { groups: Group[] }
  expect(groups.map(({ group, stores }) => [group, stores])).toEqual([
    ['Berlin', 1],
    ['Bonn', 3],
    [null, 1],
  ])
  const hour = 3_600_000
  // Of Bonn's stores one was up all day, one down for the first four hours, and one never polled.
  expect(groups[1]).toMatchObject({
    uptimeLastDayMs: 44 * hour,
    downtimeLastDayMs: 4 * hour,
    uptimeLastDayPercent: 91.67,
    medianUptimeLastDayPercent: 91.67,
    observedLastDayPercent: 66.67,
  })
})

test('a report of groups has the stores that are in all of them, in each form', async () => {
  await using server = await aServer()
  const options = { as_of: asOf, labels: ['city=Bonn', 'chain=Soup, Inc.'] }
  const report = await finishedReport(server.url, options)
  expect(report).toMatchObject({ labels: ['chain=Soup, Inc.', 'city=Bonn'], progress: { stores_total: 1 } })
  const csv = await (await fetch(report['report_url'] as string)).text()
  expect(csv.split('\n').slice(1)).toEqual(['b,60.00,20.00,20.00,0.00,4.00,27.50', ''])

  const byDay = { as_of: asOf, by: 'day', from: '2023-01-24', to: '2023-01-24', labels: 'city=Berlin' }
  const ofDay = await finishedReport(server.url, byDay)
  const lines = (await (await fetch(ofDay['report_url'] as string)).text()).trimEnd().split('\n')
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['c'])

  const none = await finishedReport(server.url, { as_of: asOf, labels: ["city='; drop table store"] })
  expect(none).toMatchObject({ status: 'Complete', progress: { stores_total: 0 } })
})

test('the command line has groups, and what is no group is refused with its form', async () => {
  await using server = await aServer()
  const ofServer = ['--url', server.url, '--as-of', asOf]
  const table = await runCli(['report', ...ofServer, '--group', 'chain=Soup', '--group-by', 'city'])
  expect(table.stdout).toMatch(/^Berlin,1,60\.00,16\.00,/m)
  expect(table.stdout).toMatch(/^Bonn,2,60\.00,24\.00,/m)
  const wrong = await runCli(['report', ...ofServer, '--group', 'Bonn'])
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('"Bonn" is no group: write label=value, as city=Bonn')
  const missing = await fetch(`${server.url}/reports/3f0a9d3c-5d0e-4a53-9c4f-7f4dd8a5b0c1/groups?by=city`)
  expect(missing.status).toBe(404)
})

const both = ['chain=Soup', 'city=Bonn']
const asQuery = (labels: readonly string[]) => new URLSearchParams(labels.map((label) => ['labels', label]))

test('lists of stores, corrections and outages, and the data check, are of the stores in all of some groups', async () => {
  await using server = await aServer()
  const get = async (path: string, query: string) => {
    const response = await fetch(`${server.url}${path}?${query}&${asQuery(both).toString()}`)
    return (await response.json()) as { items: { storeId: string }[]; stores: number }
  }
  for (const storeId of ['b', 'e']) {
    const correction = {
      storeId,
      from: '2023-01-01T00:00Z',
      to: '2023-01-02T00:00Z',
      kind: 'closed',
      reason: 'x',
    }
    await fetch(`${server.url}/corrections`, { method: 'POST', body: JSON.stringify(correction) })
  }
  const idsOf = async (path: string, query = '') =>
    (await get(path, query)).items.map(({ storeId }) => storeId)
  expect(await idsOf('/stores')).toEqual(['a', 'e'])
  expect(await idsOf('/stores', 'search=e')).toEqual(['e'])
  expect(await idsOf('/corrections')).toEqual(['e'])
  const dates = 'since=2023-01-23&until=2023-01-25'
  expect(await idsOf('/outages', dates)).toEqual([])
  expect(await idsOf('/outages', `${dates}&store_id=c`)).toEqual([])
  const inBerlin = `${server.url}/outages?${dates}&labels=city%3DBerlin`
  for (const query of ['', '&store_id=c', '&sort_by=longest'])
    expect(await (await fetch(inBerlin + query)).json()).toMatchObject({ items: [{ storeId: 'c' }] })
  expect(await get('/check', '')).toMatchObject({ stores: 2 })
  const refused = await fetch(`${server.url}/outages?${dates}&labels=Bonn`)
  expect(await refused.json()).toMatchObject({
    status: 400,
    detail: expect.stringContaining('write label=value') as unknown,
  })
})

test('outages that are rolled up are CSV over REST, too, as the command line writes it', async () => {
  await using server = await aServer()
  const query = 'since=2023-01-23&until=2023-01-25&by=city'
  const answer = await fetch(`${server.url}/outages/groups?${query}&format=csv`)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const dates = ['--since', '2023-01-23', '--until', '2023-01-25', '--group-by', 'city']
  const { stdout } = await runCli(['outages', ...dates, '--url', server.url])
  expect(await answer.text()).toBe(stdout)
  expect(stdout).toMatch(/^group,stores,.*\nBerlin,1,/)
})

test('the command line lists what is of groups', async () => {
  await using server = await aServer()
  const at = ['--url', server.url, '--group', 'city=Berlin']
  expect((await runCli(['stores', ...at])).stdout).toMatch(/^STORE .*\nc .*\n$/)
  expect(await runCli(['corrections', ...at])).toMatchObject({ exitCode: 0, stderr: 'there are none\n' })
  const outages = await runCli(['outages', '--since', '2023-01-23', '--until', '2023-01-25', ...at])
  expect(outages.stdout.split('\n').map((line) => line.split(',')[0])).toEqual(['store_id', 'c', ''])
  expect((await runCli(['check', ...at])).stderr).toMatch(/^1 store and the week before/)
  const doubts = await runCli(['report', '--top', '1', ...at])
  expect(doubts.stderr).toContain(`which, and what to do: npx store-monitor check --group city=Berlin`)
  const dates = ['--since', '2023-01-23', '--until', '2023-01-25', '--url', server.url, '--group-by', 'city']
  const rolledUp = await runCli(['outages', ...dates])
  const [head, berlin, bonn, none] = rolledUp.stdout.split('\n')
  expect(head).toMatch(/^group,stores,stores_with_outages,outages,ongoing,downtime/)
  expect(berlin).toMatch(/^Berlin,1,1,1,0,\d+\.00,\d+\.00,c$/)
  expect(bonn).toMatch(/^Bonn,3,1,1,0,/)
  expect(none).toMatch(/^,1,1,1,0,.*,d$/)
  const refused = await runCli(['outages', 'c', ...dates])
  expect(refused.stderr).toMatch(
    /--group-by is for the outages of many stores, by group: leave out the store/,
  )
})

test('who asks for the groups of a label that no store has is told which there are, through every door', async () => {
  await using server = await aServer()
  const dates = { since: '2023-01-23', until: '2023-01-25' }
  const hint = 'no store has the label "town": there are chain, city'
  const report = await finishedReport(server.url, { as_of: asOf })
  const days = { as_of: asOf, by: 'day', from: dates.since, to: dates.until }
  const byDay = await finishedReport(server.url, days)
  const paths = [
    `/reports/${String(report['report_id'])}/groups?`,
    `/reports/${String(byDay['report_id'])}/period-groups?limit=1&`,
    `/outages/groups?${new URLSearchParams(dates).toString()}&`,
  ]
  for (const path of paths) {
    const hintBy = async (by: string) =>
      (await (await fetch(`${server.url}${path}by=${by}`)).json()) as object
    expect(await hintBy('Town')).toMatchObject({ hint })
    expect(await hintBy('city')).toMatchObject({ hint: null })
  }
  const at = ['--group-by', 'town', '--url', server.url]
  const period = ['--since', dates.since, '--until', dates.until]
  for (const command of [
    ['report', '--as-of', asOf],
    ['report', '--top', '1', '--as-of', asOf],
    ['report', '--by', 'day', ...period],
    ['outages', ...period],
    ['history', '--all', '--by', 'day', ...period],
  ]) {
    expect((await runCli([...command, ...at])).stderr.split('\n')).toContain(hint)
  }
  const quiet = await runCli(['outages', ...period, ...at, '--quiet'])
  expect(quiet).toMatchObject({ exitCode: 0, stderr: '' })
  expect(quiet.stdout).toMatch(/^group,.*\n,5,/)
})

test('where no store has any label, it is told how stores get them; where there is no store, nothing is', async () => {
  await using server = await runningServer()
  const hintFor = async (query: string) => {
    const dates = 'since=2023-01-23&until=2023-01-25'
    const answer = await fetch(`${server.url}/outages/groups?by=city&${dates}${query}`)
    return ((await answer.json()) as { hint: string | null }).hint
  }
  await server.upload(polls, 'store_status.csv')
  expect(await hintFor('')).toBe(
    'no store has the label "city": none has any: import store details with a column "city"',
  )
  expect(await hintFor('&labels=city%3DBonn')).toBeNull()
})
