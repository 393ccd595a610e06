import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { hasTerminal, shownOnTerminal } from '../support/terminal.ts'

const chain = join(import.meta.dirname, '../../examples/chain')
const dates = ['--since', '2026-10-26', '--until', '2026-11-01']
let folder: TemporaryFolder
let at: readonly string[]

beforeAll(async () => {
  folder = await temporaryFolder()
  at = ['--database', folder.file('chain.db')]
  const details = ['chicago-loop-01', 'chicago-ohare-03', 'nashville-broadway-01'].map(
    (id) => `${id},,"${id.startsWith('chicago') ? 'Chicago, IL' : 'Nashville'}"\n`,
  )
  await writeFile(folder.file('details.csv'), `store_id,name,city\n${details.join('')}`)
  await runCli(['import', chain, folder.file('details.csv'), '--quiet', ...at])
}, 60_000)
afterAll(() => folder[Symbol.asyncDispose]())

test('the history of a store has its lines of the report by period', async () => {
  const query = ['--by', 'day', ...dates, '--quiet', ...at]
  const report = await runCli(['report', ...query])
  const history = await runCli(['history', 'chicago-loop-01', ...query])
  const lines = report.stdout.split('\n')
  const ofStore = lines.filter((line) => line.startsWith('chicago-loop-01,'))
  expect(ofStore).toHaveLength(7)
  expect(history.stdout).toBe([lines[0], ...ofStore, ''].join('\n'))
  const asJson = await runCli(['history', 'chicago-loop-01', ...query, '--format', 'json'])
  expect(jsonLines(asJson.stdout)).toHaveLength(7)
})

test('the history of groups is rolled up, or is that of all their stores', async () => {
  const query = ['--by', 'week', ...dates, '--quiet', ...at]
  const all = await runCli(['history', '--all', '--group-by', 'city', ...query])
  expect(all.stdout.split('\n').map((line) => line.replace(/(,2026-W44,\d+),.*/, '$1'))).toEqual([
    'group,period,stores,uptime(in hours),downtime(in hours),unknown(in hours),excused(in hours),uptime(in percent),observed(in percent),median_uptime(in percent)',
    '"Chicago, IL",2026-W44,2',
    'Nashville,2026-W44,1',
    ',2026-W44,39',
    '',
  ])
  const ofGroup = await runCli(['history', '--group', 'city=Nashville', ...query, '--format', 'json'])
  expect(jsonLines(ofGroup.stdout)).toMatchObject([{ group: null, stores: 1, uptimePercent: 46.06 }])
})

test('a report rolled up by a label is CSV where no terminal shows it, and JSON where that is asked for', async () => {
  const query = ['report', '--group-by', 'city', '--quiet', ...at]
  const [head, ...lines] = (await runCli(query)).stdout.trimEnd().split('\n')
  expect(head!.split(',')).toHaveLength(2 + 12 + 3 + 6)
  expect(lines.map((line) => line.replace(/^("[^"]*"|[^,]*),(\d+),.*$/, '$1,$2'))).toEqual([
    '"Chicago, IL",2',
    'Nashville,1',
    ',39',
  ])
  const groups = jsonLines((await runCli([...query, '--format', 'json'])).stdout) as Record<string, number>[]
  const weekPercent = head!.split(',').indexOf('uptime_last_week(in percent)')
  expect(lines[1]!.split(',')[weekPercent]).toBe(groups[1]!['uptimeLastWeekPercent']!.toFixed(2))

  const byWeek = ['--by', 'week', ...dates]
  const history = await runCli(['history', '--all', '--group-by', 'city', ...byWeek, '--quiet', ...at])
  expect((await runCli([...query, ...byWeek])).stdout).toBe(history.stdout)
  expect((await runCli([...query, '--format', 'xlsx'])).stderr).toMatch(/as csv or json, not as xlsx/)
})

test('the list of reports tells by what each is, of what, and that corrections are left out', async () => {
  const group = ['--group', 'city=Nashville', '--corrections', 'ignored', '--quiet']
  await runCli(['report', '--by', 'day', ...dates, ...group, ...at])
  const { stdout } = await runCli(['reports', '--limit', '1', ...at])
  const [head, line] = stdout.split('\n')
  expect(head).toMatch(/ REQUESTED +WHAT$/)
  expect(line).toMatch(/ by day, 2026-10-26 to 2026-11-01; city=Nashville; without corrections$/)
  const status = await runCli(['report-status', line!.split(' ')[0]!, ...at])
  expect(status.stdout).toMatch(/^groups +city=Nashville$/m)
})

test('what is no history is refused', async () => {
  const query = ['--by', 'day', ...dates, ...at]
  const refusal = async (...args: readonly string[]) => (await runCli([...args, ...query])).stderr
  expect(await refusal('history', 'a', '--all')).toMatch(/of one thing at a time/)
  expect(await refusal('history', 'a', '--group-by', 'city')).toMatch(/--group-by is for --group and --all/)
  expect(await refusal('history', 'nowhere')).toMatch(/there is no store "nowhere"/)
  expect(await refusal('report', '--sort', 'uptime-day')).toMatch(
    /^store-monitor: --sort uptime-day is for a report without --by: write one of store, uptime, downtime/,
  )
})

describe.runIf(hasTerminal)('on a terminal', () => {
  const shown = (columns: number, ...args: readonly string[]) =>
    shownOnTerminal(columns, [...args, '--quiet', ...at])

  test.each([
    [80, /^STORE +26 +27 +28 +29 +30 +31 +01 +ALL$/, /^nashville-broadway-01 +47\.8 +43\.4 /],
    [120, /^STORE +Mon 26 +Tue 27 .* Sun 01 +ALL$/, /^nashville-broadway-01 +47\.79 +43\.42 .* 46\.06$/],
  ])('of %i columns a report by day has a column for each', (columns, head, second) => {
    const lines = shown(columns, 'report', '--by', 'day', ...dates, '--top', '2')
    expect(lines[0]).toMatch(/^Uptime by day, 2026-10-26 to 2026-11-01, as of 2026-11-04T20:00:00Z,$/)
    expect(lines[3]).toMatch(head)
    expect(lines[4]).toMatch(/^detroit-greektown-01 +0/)
    expect(lines[5]).toMatch(second)
    expect(lines[6]).toMatch(/^all 42 stores +89\.\d+ /)
    expect(lines.every((line) => line.length <= columns)).toBe(true)
  })

  test('that does not tell its size it is as where there is none', () => {
    const [first] = shown(0, 'report', '--by', 'day', ...dates, '--top', '2')
    expect(first).toMatch(/^Uptime by day, /)
  })

  test('that is too narrow for all periods, it is of all stores by period, unless stores are asked for', () => {
    const long = ['--since', '2026-10-20', '--until', '2026-11-03']
    const lines = shown(80, 'report', '--by', 'day', ...long)
    expect(lines[3]).toMatch(/^PERIOD +UPTIME +BUSINESS TIME +DOWN +UNKNOWN/)
    expect(lines[4]).toMatch(/^Tue 2026-10-20 +unknown +░{16} /)
    expect(lines[10]).toMatch(/^Mon 2026-10-26 +89\.36 % +█+▁▁░ /)
    const stores = shown(80, 'report', '--by', 'day', ...long, '--sort', 'downtime', '--top', '1')
    expect(stores[2]).toMatch(/^STORE +UPTIME +BUSINESS TIME/)
    expect(stores[3]).toMatch(/^detroit-greektown-01 +0\.00 % +▁+░/)
  })

  test('groups have a column for each period, and a store a line', () => {
    const groups = shown(80, 'report', '--by', 'week', ...dates, '--group-by', 'city')
    expect(groups[3]).toMatch(/^CITY +STORES +W44 +ALL +OBSERVED$/)
    expect(groups[5]).toMatch(/^Nashville +1 +46\.06 +46\.06 +100\.00$/)
    const history = shown(80, 'history', 'nashville-broadway-01', '--by', 'week', ...dates)
    expect(history[4]).toMatch(/^2026-W44, from Oct 26 +46\.06 % +█+▁+ +35\.47 h/)
    const all = shown(80, 'history', '--all', '--by', 'month', ...dates)
    expect(all[0]).toBe('Uptime of 42 stores by month, 2026-10-26 to 2026-11-01,')
    expect(all[4]).toMatch(/^Oct 2026 /)
  })

  test('hours of the week are a grid: a line for each hour, a column for each weekday', () => {
    const byHour = ['--by', 'hour-of-week', ...dates]
    const history = shown(80, 'history', 'chicago-loop-01', ...byHour)
    expect(history[0]).toBe('Uptime of chicago-loop-01 by hour of the week, 2026-10-26 to 2026-11-01,')
    expect(history[4]).toMatch(/^HOUR +Mon +Tue +Wed +Thu +Fri +Sat +Sun +ALL$/)
    expect(history[5]).toBe('00:00')
    expect(history[18]).toMatch(/^13:00 +100\.00 +100\.00 +0\.00 .* 85\.71$/)
    expect(history[29]).toMatch(/^ALL( +\d+\.\d\d){8}$/)

    const all = shown(80, 'report', ...byHour)
    expect(all[4]).toBe('42 stores')
    expect(all[6]).toMatch(/^00:00( +\d+\.\d\d){8}$/)
    const groups = shown(80, 'history', '--all', ...byHour, '--group-by', 'city')
    expect(groups.filter((line) => line.endsWith(' stores') || line.endsWith(' store'))).toEqual([
      'city Chicago, IL: 2 stores',
      'city Nashville: 1 store',
      'city (none): 39 stores',
    ])
  })
})
