import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { cellsOf, unzipped } from '../support/unzipped.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { hasTerminal, shownOnTerminal } from '../support/terminal.ts'

const chain = join(import.meta.dirname, '../../examples/chain')
let folder: TemporaryFolder
let database: string

beforeAll(async () => {
  folder = await temporaryFolder()
  database = folder.file('chain.db')
  await runCli(['import', chain, '--quiet', '--database', database])
}, 60_000)
afterAll(() => folder[Symbol.asyncDispose]())

async function tableOf(...args: readonly string[]): Promise<string[]> {
  const { stdout } = await runCli(['report', '--quiet', '--database', database, ...args])
  return stdout.split('\n').slice(2, -1)
}

test('a report is a table with the worst store first, and totals of all', async () => {
  const [head, first, second, total] = await tableOf('--top', '2')
  expect(head).toMatch(/^STORE +HOUR +DAY +WEEK +UP +DOWN +UNKNOWN +BUSINESS TIME$/)
  expect(first).toMatch(
    /^detroit-greektown-01 +0\.00 % +0\.00 % +0\.00 % +0\.00 h +76\.00 h +0\.00 h +76\.00 h$/,
  )
  expect(second).toMatch(/^nashville-broadway-01 .* 49\.01 % +37\.25 h +38\.75 h/)
  expect(total).toMatch(
    /^all 42 stores +82\.88 % +91\.36 % +90\.15 % +2890\.76 h +315\.89 h +212\.35 h +3419\.00 h$/,
  )
})

test('it is sorted by a column, of stores whose id has a text, whose totals are theirs', async () => {
  const rows = await tableOf('--sort', 'downtime', '--where', 'CHICAGO')
  expect(rows.slice(1).map((row) => row.split(/ {2,}/)[0])).toEqual([
    'chicago-ohare-03',
    'chicago-loop-01',
    'chicago-pilsen-04',
    'chicago-wicker-park-02',
    'all 4 stores',
  ])
  expect(rows.at(-1)).toMatch(/97\.31 % +319\.16 h +8\.84 h/)
  expect(rows.find((row) => row.startsWith('chicago-pilsen'))).toMatch(
    /^chicago-pilsen-04 +closed +100\.00 %/,
  )
})

test.runIf(hasTerminal)('a terminal shows the table, below what is to be doubted', () => {
  const stdout = shownOnTerminal(120, ['report', '--database', database]).join('\n')
  expect(stdout).toMatch(/Figures to doubt:[^]*npx store-monitor check[^]*STORE +HOUR[^]*all 42 stores/)
  expect(stdout).toMatch(/22 more: --top 42 shows them, -o FILE writes all/)
})

test('-o of a workbook writes one, and a terminal is not given one', async () => {
  await using output = await temporaryFolder()
  const made = await runCli(['report', '--database', database, '-o', output.file('report.xlsx')])
  expect(made.exitCode).toBe(0)
  const files = unzipped(await readFile(output.file('report.xlsx')))
  const cells = cellsOf(files.get('xl/worksheets/sheet1.xml')!)
  expect(cells).toHaveLength(43)
  expect(cells[1]![0]).toEqual({ type: 'text', value: '1481966498820158979' })

  if (!hasTerminal) return
  const lines = shownOnTerminal(120, ['report', '--format', 'xlsx', '--database', database])
  expect(lines.join('\n')).toMatch(
    /a workbook is nothing for a terminal: write it into a file, with -o report\.xlsx/,
  )
})

test('-o into a folder names the file after what it is', async () => {
  await using output = await temporaryFolder()
  const made = ['report', '--database', database, '-o', output.path]
  const { stderr } = await runCli(made)
  await runCli([...made, '--by', 'week', '--since', '2026-10-26', '--until', '2026-11-01', '--json'])
  const names = await readdir(output.path)
  expect(names.sort()).toEqual(['uptime-2026-11-04.csv', 'uptime-by-week-2026-10-26-to-2026-11-01.ndjson'])
  expect(stderr).toContain(`${output.file('uptime-2026-11-04.csv')}: 42 stores as of 2026-11-04T20:00:00Z`)

  const [, reportId = ''] = /report ([0-9a-f-]{36})/.exec(stderr)!
  const path = output.file('again.csv')
  await writeFile(path, 'older')
  const got = await runCli(['reports', 'get', reportId, '-o', path, '--database', database])
  expect(got).toEqual({ exitCode: 0, stdout: '', stderr: `${path}: report ${reportId}\n` })
  expect(await readFile(path, 'utf8')).toBe(await readFile(output.file('uptime-2026-11-04.csv'), 'utf8'))
})
