import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { pollFile } from '../support/import-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { hasTerminal, shownOnTerminal } from '../support/terminal.ts'
import { testDatabase } from '../support/test-database.ts'

test('verify and explain --report tell what has changed under a report, and why', async () => {
  await using folder = await temporaryFolder()
  await using database = await testDatabase()
  const at = ['--database', database.url]
  async function polls(name: string, ...rows: Parameters<typeof pollFile>[0]): Promise<string> {
    await writeFile(folder.file(name), pollFile(rows))
    return folder.file(name)
  }
  await runCli([
    'import',
    await polls(
      'polls.csv',
      ['a', 'active', '2023-01-24T10:00:00Z'],
      ['b', 'active', '2023-01-24T10:00:00Z'],
    ),
    ...at,
  ])
  const days = ['--by', 'day', '--since', '2023-01-23', '--until', '2023-01-24']
  await runCli(['report', ...at])
  await runCli(['report', ...days, ...at])
  const reports = await runCli(['reports', '--json', ...at])
  const [byDay, byWindow] = jsonLines(reports.stdout).map(({ reportId }) => String(reportId))

  const same = await runCli(['verify', byWindow!, ...at])
  expect(same).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `report ${byWindow}: 2 stores computed again: all as stored\n`,
  })
  const first = await runCli(['verify', byWindow!, '--stores', '1', ...at])
  expect(first.stderr).toMatch(
    /: 1 store computed again: all as stored \(all of them: npx store-monitor verify \S+ --all --database \S+\)\n$/,
  )

  const late = await polls(
    'late.csv',
    ['b', 'inactive', '2023-01-24T09:00:00Z'],
    ['c', 'active', '2023-01-24T09:00:00Z'],
  )
  await runCli(['import', late, ...at])
  const [other, json, explained, newStore, refused, both] = await Promise.all([
    runCli(['verify', byWindow!, ...at]),
    runCli(['verify', byDay!, '--all', '--json', ...at]),
    runCli(['explain', 'b', '--report', byDay!, ...at]),
    runCli(['explain', 'c', '--report', byWindow!, '--format', 'json', ...at]),
    runCli(['explain', 'b', '--report', byDay!, '--reach', '1h', ...at]),
    runCli(['verify', byDay!, '--all', '--stores', '2', ...at]),
  ])
  expect(other.exitCode).toBe(4)
  expect(other.stderr).toBe(
    `store-monitor: report ${byWindow}: 2 stores computed again: 1 otherwise now, 1 new\n`,
  )
  expect(other.stdout).toMatch(
    /^STORE +OF +STORED +NOW\nb +last week +24\.00 h up, 0\.00 h down, 144\.00 h unknown +0\.50 h up, 24\.50 h down, .*\nc +last week +none +25\.00 h up, .*\n\nLikely because .*:\n {2}20.*Z: b and 1 more of them: import 2: polls of \S*late\.csv\n$/,
  )
  expect(json.exitCode).toBe(4)
  expect(jsonLines(json.stdout)).toMatchObject([
    { reportId: byDay, storesDiffering: 1, storesNew: 1, storesGone: 0 },
  ])

  expect(explained.exitCode).toBe(0)
  expect(explained.stdout).toMatch(/^start,end,status,poll\n2023-01-23T06:00:00\.000Z,/)
  expect(explained.stderr).toMatch(
    /^b: not as report \S+ has it\n {2}2023-01-23: .* in the report; .* now\n {2}2023-01-24: .*\n\nLikely because/,
  )
  expect(jsonLines(newStore.stdout)).toMatchObject([
    { storeId: 'c', differs: true, stored: [], now: [{ storeId: 'c' }], timeline: { storeId: 'c' } },
  ])
  expect(refused).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'store-monitor: with --report leave out --reach: a stored report is explained as it was made\n',
  })
  expect(both).toMatchObject({ exitCode: 2, stdout: '' })
})

test.runIf(hasTerminal)('on a terminal explain --report is a page below what has changed since', async () => {
  await using folder = await temporaryFolder()
  await using database = await testDatabase()
  const at = ['--database', database.url]
  async function imported(...rows: Parameters<typeof pollFile>[0]): Promise<void> {
    await writeFile(folder.file('polls.csv'), pollFile(rows))
    await runCli(['import', folder.file('polls.csv'), ...at])
  }
  await imported(['a', 'active', '2023-01-24T10:00:00Z'])
  await runCli(['report', ...at])
  const [report] = jsonLines((await runCli(['reports', '--json', ...at])).stdout)
  const reportId = String(report!['reportId'])
  const page = () => shownOnTerminal(120, ['explain', 'a', '--report', reportId, ...at])
  const [before, sentence] = page()
  expect(before).toBe(`a: as report ${reportId} has it`)
  expect(sentence).toMatch(/^a: up 24\.0 of 168\.0 business hours, 144\.0 unknown; no outage\.$/)

  await imported(['a', 'inactive', '2023-01-24T09:00:00Z'])
  const text = page().join('\n')
  expect(text).toMatch(
    /^a: not as report \S+ has it\n(?: {2}.* in the report; .* now\n)+\nLikely because .*:\n {2}20.*: import 2: /,
  )
  expect(text).toMatch(/\na: up 0\.5 of 168\.0 .*\n\n +0 +3 +6 .*\n(?:\w{3} 2023-01-\d\d .*\n)+/)
  expect(text).toMatch(/\nOutages, in local time:\n[^]*\nhours: .*\nzone: America\/Chicago/)
})
