import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const outages = join(import.meta.dirname, '../fixtures/cases/22-outages')
const header =
  'store_id,currency,at_risk_low,at_risk,at_risk_high,basis,downtime(in hours),unpriced(in hours),unknown(in hours)\n'
const query = ['sales-at-risk', '--since', '2023-01-23', '--until', '2023-01-25']
const judged = ['--as-of', '2023-01-25T20:30:00Z', '--reach', '4h']

test('what stores lost is the same of a database and of a server, by CLI, REST and client', async () => {
  await using folder = await temporaryFolder()
  await using server = await runningServer()
  const revenue = folder.file('revenue.csv')
  await writeFile(revenue, 'store_id,revenue_per_hour,currency\ns1,1234.5,eur\n')
  const rows = ['s1,EUR,2500,10000,15000,given,8.17,0.00,0.33\n', 's2,,0,130,190,average,13.00,0.00,42.50\n']
  for (const at of [
    ['--url', server.url],
    ['--database', folder.file('x.db')],
  ]) {
    const imported = await runCli(['import', outages, revenue, '--quiet', ...at])
    expect(imported.exitCode).toBe(0)
    const all = await runCli([...query, ...judged, '--average', '10', '--quiet', ...at])
    expect(all).toEqual({ exitCode: 0, stdout: header + rows.join(''), stderr: '' })
    const one = await runCli([
      ...query,
      's1',
      ...judged,
      '--recaptured',
      '50%',
      '--format',
      'json',
      '--quiet',
      ...at,
    ])
    expect(jsonLines(one.stdout)).toEqual([
      {
        storeId: 's1',
        currency: 'EUR',
        low: 1200,
        middle: 5000,
        high: 7400,
        basis: 'given',
        downtimeMs: 29_400_000,
        unpricedMs: 0,
        unknownMs: 1_200_000,
      },
    ])
  }

  const rest = 'since=2023-01-23&until=2023-01-25&as_of=2023-01-25T20:30:00Z&reach=4h&format=csv'
  const csv = await fetch(`${server.url}/sales-at-risk?${rest}&average=10`)
  expect(await csv.text()).toBe(header + rows.join(''))
  const ofOne = await fetch(`${server.url}/stores/s1/sales-at-risk?${rest}`)
  expect(await ofOne.text()).toBe(header + rows[0]!)
  const refused = await fetch(`${server.url}/sales-at-risk?${rest}&recaptured=101`)
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('recaptured')
})

test('a table has the most first, and what it is in all', async () => {
  await using folder = await temporaryFolder()
  const at = ['--database', folder.file('x.db')]
  await runCli(['import', outages, '--quiet', ...at])
  const { stdout } = await runCli([...query, ...judged, '--average', '85.5', '--format', 'table', ...at])
  expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  ').trim())).toEqual([
    'STORE  AT RISK  LIKELY  DOWN  NOT PRICED  UNKNOWN  FROM',
    's2  0 to 1,600  1,100  13.00 h  0.00 h  42.50 h  --average',
    's1  170 to 1,100  700  8.17 h  0.00 h  0.33 h  --average',
    '',
    '2 stores: 170 to 2,700, most likely 1,800',
    '',
  ])
})

test('groups have a line each', async () => {
  await using folder = await temporaryFolder()
  const at = ['--database', folder.file('x.db')]
  await writeFile(folder.file('details.csv'), 'store_id,name,city\ns1,,"Chicago, IL"\ns2,,Bonn\n')
  await runCli(['import', outages, folder.file('details.csv'), '--quiet', ...at])
  const byCity = [...query, ...judged, '--average', '85.5', '--group-by', 'city', '--quiet', ...at]
  expect((await runCli(byCity)).stdout).toBe(
    [
      'group,currency,stores,at_risk_low,at_risk,at_risk_high,downtime(in hours),unpriced(in hours),unknown(in hours)',
      'Bonn,,1,0,1100,1600,13.00,0.00,42.50',
      '"Chicago, IL",,1,170,700,1100,8.17,0.00,0.33',
      '',
    ].join('\n'),
  )
  const table = await runCli([...byCity, '--format', 'table'])
  expect(table.stdout).toMatch(
    /^CITY +AT RISK +LIKELY +STORES DOWN .*\nBonn +0 to 1,600 +1,100 +1 .*\nChicago, IL /,
  )
  const ofStore = await runCli([...byCity, 's1'])
  expect(ofStore.stderr).toContain('--group-by is for what many stores lost, by group: leave out the store')
})

test.each([
  [['--recaptured', '120'], 'Write a percentage, 0 to 100.'],
  [['--average', '0'], 'Write an amount of more than 0, such as 85.50.'],
  [['--average', '$85'], 'Write an amount of more than 0, such as 85.50.'],
])('%j is refused', async (options, message) => {
  const refused = await runCli([...query, ...options])
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stderr).toContain(message)
})
