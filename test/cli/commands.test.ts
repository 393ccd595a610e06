import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workedCases } from '../support/cases.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { jsonLines, launcher, runCli, runCliProcess, startCli, type RunningCli } from '../support/run-cli.ts'

const messy = workedCases.find(({ name }) => name === '16-messy-files')!
const unknownId = '3f0a9d3c-5d0e-4a53-9c4f-7f4dd8a5b0c1'

const parts = new AsyncDisposableStack()
let folder: TemporaryFolder
let server: RunningCli
let serverUrl: string

beforeAll(async () => {
  folder = parts.use(await temporaryFolder())
  server = parts.use(
    startCli(['serve', '--port', '0', '--database', folder.file('served.db'), '--workers', '1']),
  )
  serverUrl = (await server.said(/listening on (\S+)/))[1]!
})
afterAll(() => parts.disposeAsync())

test.concurrent.for(['--database', '--url'])(
  'import %s names the files that it ignores, and those of which nothing could be taken',
  async (place, { expect }) => {
    await using cwd = await temporaryFolder()
    const write = (name: string, text: string) => writeFile(cwd.file(name), text)
    await write('polls.csv', 'store_id,status,timestamp_utc\ns1,active,2023-01-24T10:00Z\n')
    await write('hours.csv', 'store_id,day,start_time_local,end_time_local\ns1,7,09:00,17:00\n')
    await write('menu.csv', 'item,price\n')
    await write('special_hours.xlsx', 'PK\x03\x04[Content_Types].xml')
    const at = [place, place === '--url' ? serverUrl : cwd.file('local.db')]
    const { exitCode, stdout, stderr } = await runCli(['import', '.', '--json', ...at], { cwd: cwd.path })
    expect(jsonLines(stdout)).toMatchObject([
      { source: 'hours.csv', state: 'failed', rowsRejected: 1 },
      { source: 'polls.csv', state: 'complete', rowsAccepted: 1 },
      { source: 'menu.csv', state: 'ignored' },
      {
        source: 'special_hours.xlsx',
        state: 'ignored',
        reason: 'it is an Excel workbook: open it, save it as "CSV UTF-8", and import that file',
      },
    ])
    expect(stderr).toContain('menu.csv was ignored: it is of no known kind: its first line is "item,price"')
    expect(stderr).toContain('special_hours.xlsx was ignored: it is an Excel workbook')
    expect(stderr).toMatch(
      /store-monitor: hours\.csv was not imported: none of its only row can be taken; on line 2, day "7" .*; imported: polls\.csv\n$/,
    )
    expect(exitCode).toBe(2)
  },
)

test.concurrent.for(['--database', '--url'])(
  'import --max-rejected %s refuses a file beyond it',
  async (place, { expect }) => {
    await using cwd = await temporaryFolder()
    const rows = 'p1,active,2023-01-24T10:00Z\np2,asleep,2023-01-24T10:00Z\n'
    await writeFile(cwd.file('polls.csv'), `store_id,status,timestamp_utc\n${rows}`)
    const at = [place, place === '--url' ? serverUrl : cwd.file('local.db')]
    const most = ['import', cwd.file('polls.csv'), '--json', '--max-rejected']
    const refused = await runCli([...most, '40%', ...at])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toMatch(/1 of its 2 rows are rejected \(50\.00 %\), and at most 40% may be/)
    expect(jsonLines(refused.stdout)).toMatchObject([{ state: 'failed', rowsAccepted: 0, rowsRejected: 1 }])
    expect(await runCli([...most, '1', ...at])).toMatchObject({ exitCode: 0 })
  },
)

test.concurrent.for(['--database', '--url'])(
  'import %s takes what comes on stdin, with columns of other names',
  async (place, { expect }) => {
    await using cwd = await temporaryFolder()
    const at = [place, place === '--url' ? serverUrl : cwd.file('local.db')]
    const map = ['--map', 'store_id=Outlet', '--map', 'timestamp_utc=Seen at']
    const { stdout, exitCode } = await runCli(['import', '-', '--json', ...map, ...at], {
      input: 'Outlet;Status;Seen at\nstdin-1;up;2023-01-24T10:00Z\n',
    })
    expect(exitCode).toBe(0)
    expect(jsonLines(stdout)).toMatchObject([{ source: 'stdin', kind: 'polls', rowsAccepted: 1 }])
    const refused = await runCli(['import', '-', 'more.csv', ...at])
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('stands alone') as unknown })
    const mapped = await runCli(['import', 'x.csv', '--map', 'outlet=a', ...at])
    expect(mapped.stderr).toMatch(/"outlet=a" does not say what a file calls a column/)
  },
)

test.concurrent('--map says what the files of --from call a column', async ({ expect }) => {
  await using cwd = await temporaryFolder()
  await writeFile(cwd.file('polls.csv'), 'Outlet,status,timestamp_utc\ns1,inactive,2023-01-24T10:00Z\n')
  const from = ['--from', 'polls.csv', '--map', 'store_id=Outlet']
  const dates = ['--since', '2023-01-24', '--until', '2023-01-24']
  const run = (...args: readonly string[]) => runCli([...args, ...from], { cwd: cwd.path })
  const [report, check, explain, outages] = await Promise.all([
    run('report', '-o', 'report.csv'),
    run('check'),
    run('explain', 's1', ...dates),
    run('outages', ...dates),
  ])
  expect(report.stderr).toContain(
    'npx store-monitor import polls.csv --map store_id=Outlet --database polls.csv.db',
  )
  expect(check.stderr).toMatch(/^1 store and the week/m)
  expect(explain.stdout).toMatch(/,down,2023-01-24T10:00:00\.000Z$/m)
  expect(outages.stdout).toMatch(/^s1,/m)
})

test.concurrent('report --from is not made without the polls that it is to be from', async ({ expect }) => {
  await using cwd = await temporaryFolder()
  await writeFile(cwd.file('polls.csv'), 'store_id,status,timestamp_utc\n')
  const { exitCode, stdout, stderr } = await runCli(['report', '--from', cwd.path])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/polls\.csv was not imported: there are no rows below the header\n$/)
})

describe('report', () => {
  test.concurrent(
    '-o puts the file in its place as a whole, and says on stderr what is in it',
    async ({ expect }) => {
      const path = folder.file('report.ndjson')
      await writeFile(path, 'an older report')
      const from = ['--from', messy.folder, '--workers', '1']
      const { exitCode, stdout, stderr } = await runCli(['report', ...from, '--json', '-o', path], {
        environment: { DATABASE_URL: folder.file('untouched.db') },
      })
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
      expect(jsonLines(await readFile(path, 'utf8'))).toMatchObject([
        { storeId: expect.any(String) as string },
      ])
      expect((await readdir(folder.path)).filter((name) => name.endsWith('.part'))).toEqual([])
      expect(existsSync(folder.file('untouched.db'))).toBe(false)
      expect(stderr).toMatch(/report\.ndjson: 1 store as of 2023-.*Z \(report /)
    },
  )

  test.concurrent(
    '--from of a folder tells how to see its rejected rows, and how to keep the data',
    async ({ expect }) => {
      await using cwd = await temporaryFolder()
      await cp(messy.folder, cwd.file("joe's data"), { recursive: true })
      const from = ['report', '--from', "joe's data", '-o', 'report.csv']
      const { stderr } = await runCli(from, { cwd: cwd.path })
      const toKeep = String.raw`npx store-monitor import 'joe'\''s data' --database 'joe'\''s data.db'`
      expect(stderr).toContain(`\nto keep the data for further reports: ${toKeep}\n`)

      const [, toList = ''] = /to list them all: (.*)\n/.exec(stderr)!
      const started = toList.replaceAll('npx store-monitor', `"${process.execPath}" "${launcher}"`)
      const options = { cwd: cwd.path, encoding: 'utf8' } as const
      const { status, stdout } = spawnSync('sh', ['-c', started], options)
      expect(status).toBe(0)
      expect(stdout).toMatch(/Mars\/Olympus/)
    },
  )

  test.concurrent('--from with a database puts the data into it', async ({ expect }) => {
    const at = ['--database', folder.file('kept.db')]
    const { stdout } = await runCli(['report', '--from', messy.folder, '--columns', 'all', ...at])
    expect(stdout).toBe(messy.expectedCsv)
    const imports = await runCli(['imports', '--json', ...at])
    expect(jsonLines(imports.stdout)).toHaveLength(3)
  })

  test.concurrent('stopped while it imports leaves nothing behind', async ({ expect }) => {
    await using temporary = await temporaryFolder()
    await using data = await temporaryFolder()
    const row = (i: number) =>
      `store-${i % 100},active,2023-01-22 12:${String(i % 60).padStart(2, '0')}:00 UTC\n`
    const rows = Array.from({ length: 300_000 }, (_, i) => row(i))
    await writeFile(data.file('polls.csv'), `store_id,status,timestamp_utc\n${rows.join('')}`)

    await using cli = startCli(['report', '--from', data.path, '-o', data.file('report.csv')], {
      environment: { TMPDIR: temporary.path },
    })
    await cli.said(/polls\.csv: \d+ %/)
    cli.kill('SIGTERM')
    const { exitCode, stderr } = await cli.finished
    expect(exitCode).toBe(143)
    expect(stderr).toMatch(/store-monitor: interrupted\n$/)
    expect(await readdir(temporary.path)).toEqual([])
    expect(await readdir(data.path)).toEqual(['polls.csv'])
  })
})

describe('what goes wrong is one line on stderr and an exit code:', () => {
  interface Failure {
    readonly args: readonly string[]
    readonly exitCode: number
    readonly says: RegExp
  }
  const failures: readonly Failure[] = [
    { args: ['bogus'], exitCode: 2, says: /unknown command 'bogus' \(see npx store-monitor --help\)/ },
    {
      args: ['stores', '--limit', '0'],
      exitCode: 2,
      says: /'0' is invalid.*\(see npx store-monitor stores --help\)/,
    },
    { args: ['report', '--columns', 'few'], exitCode: 2, says: /Allowed choices are default, all/ },
    {
      args: ['report', '--reach', '99d', '--url', 'SERVER'],
      exitCode: 2,
      says: /"99d" is out of range: 1m to 7d/,
    },
    {
      args: ['report', '--top', '3', '--format', 'csv', '--url', 'SERVER'],
      exitCode: 2,
      says: /--top is for the table that a terminal shows: leave out --format/,
    },
    {
      args: ['check', '--map', 'store_id=Outlet', '--url', 'SERVER'],
      exitCode: 2,
      says: /--map says what the files of --from call a column: name them with --from/,
    },
    {
      args: ['history', '--by', 'day', '--since', '2023-01-01', '--until', '2023-01-02', '--url', 'SERVER'],
      exitCode: 2,
      says: /history of what\? Write the id of a store, or --group label=value, or --all/,
    },
    { args: ['report', '--sort', 'luck'], exitCode: 2, says: /Allowed choices are store, uptime, / },
    {
      args: ['reports', 'get'],
      exitCode: 2,
      says: /missing required argument 'id' \(see npx store-monitor reports get --help\)/,
    },
    { args: ['report', '-o', '/nowhere/report.csv'], exitCode: 2, says: /there is no folder \/nowhere/ },
    {
      args: ['reports', '--url', 'a', '--database', 'b'],
      exitCode: 2,
      says: /--url and --database exclude each other/,
    },
    { args: ['reports', '--url', ''], exitCode: 2, says: /--url is empty/ },
    {
      args: ['reports', '--url', 'SERVER', '--workers', '2'],
      exitCode: 2,
      says: /--workers is for a database/,
    },
    {
      args: ['reports', '--url', 'localhost:8000'],
      exitCode: 2,
      says: /"localhost:8000" is not the URL of a server/,
    },
    {
      args: ['import', messy.folder, '--database', 'nowhere/stores.db'],
      exitCode: 2,
      says: /there is no folder \S*nowhere for the database \S*stores\.db: make it first/,
    },
    {
      args: ['serve', '--port', '0', '--database', 'nowhere/stores.db'],
      exitCode: 2,
      says: /there is no folder \S*nowhere for the database/,
    },
    {
      args: ['stores', '--database', 'sqlite:%E0%A4%A'],
      exitCode: 2,
      says: /"sqlite:%E0%A4%A" has a % that is not followed by two hexadecimal digits/,
    },
    {
      args: ['import', messy.folder, '--no-wait'],
      exitCode: 2,
      says: /--no-wait leaves the import to a server: write its --url/,
    },
    { args: ['import', 'nothing.csv'], exitCode: 3, says: /there is no file or folder nothing\.csv/ },
    {
      args: ['report-status', 'mine', '--url', 'SERVER'],
      exitCode: 3,
      says: /no report "mine": a report id is a UUID/,
    },
    {
      args: ['report-status', unknownId, '--url', 'SERVER'],
      exitCode: 3,
      says: /there is no report 3f0a9d3c/,
    },
    {
      args: ['report-status', unknownId, '--url', 'SERVER', '--wait'],
      exitCode: 3,
      says: /there is no report 3f0a9d3c/,
    },
    { args: ['rejected', '99', '--url', 'SERVER'], exitCode: 3, says: /no import 99/ },
    {
      args: ['outages', '--since', '2023-02-30', '--until', '2023-03-01', '--url', 'SERVER'],
      exitCode: 2,
      says: /since: "2023-02-30" is not a date: write YYYY-MM-DD/,
    },
    {
      args: ['explain', 'nowhere', '--url', 'SERVER'],
      exitCode: 3,
      says: /there is no store "?nowhere/,
    },
    {
      args: ['explain', 'nowhere', '--since', 'soon', '--url', 'SERVER'],
      exitCode: 2,
      says: /--since: "soon" is neither a local date nor an instant: write YYYY-MM-DD/,
    },
    {
      args: ['rejected', '--by', 'store', '--url', 'SERVER'],
      exitCode: 2,
      says: /--by store counts the rows of one import: write its number too/,
    },
    {
      args: ['import', messy.folder, '--max-rejected', 'few', '--url', 'SERVER'],
      exitCode: 2,
      says: /"few" is not a number of rejected rows: write a whole number such as 20/,
    },
    {
      args: ['report', '--database', 'EMPTY'],
      exitCode: 4,
      says: /there are no polls.*import some first \(npx store-monitor import FOLDER\)/,
    },
    { args: ['report'], exitCode: 5, says: /no database at .*store-monitor\.db: import data first/ },
    {
      args: ['reports', '--url', 'http://127.0.0.1:2'],
      exitCode: 5,
      says: /cannot reach store-monitor at .*:2 \(ECONNREFUSED\).*"npx store-monitor serve"/,
    },
  ]

  test.concurrent.for(failures)('$args', async ({ args, exitCode, says }, { expect }) => {
    await using cwd = await temporaryFolder()
    const empty = cwd.file('empty.db')
    if (args.includes('EMPTY')) await writeFile(empty, '')
    const given = args.map((arg) => arg.replace('SERVER', serverUrl).replace('EMPTY', empty))
    const result = await runCli(given, { environment: { DATABASE_URL: cwd.file('store-monitor.db') } })
    expect(result).toMatchObject({ exitCode, stdout: '' })
    expect(result.stderr).toMatch(says)
    expect(result.stderr).toMatch(/^store-monitor: .*\n$/)
  })
})

describe('--help', () => {
  const commands = [
    'serve',
    'import',
    'report',
    'reports',
    'report-status',
    'cancel',
    'stores',
    'imports',
    'check',
    'explain',
    'history',
    'outages',
  ]

  test.concurrent.for([...commands, 'rejected', 'backup', 'demo'])(
    'of %s has examples and the exit codes',
    async (command, { expect }) => {
      const { exitCode, stdout, stderr } = await runCli([command, '--help'])
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toMatch(new RegExp(`Examples:\n  npx store-monitor ${command}[^]*Exit codes:\n`))
    },
  )

  test.concurrent('of the whole documents the exit codes', async ({ expect }) => {
    const { stdout } = await runCli(['--help'])
    expect(stdout).toMatch(/Exit codes:[^]*130 +interrupted/)
  })
})

test.concurrent(
  'demo shows a table of stores and leaves a report and a database to go on with',
  async ({ expect }) => {
    await using cwd = await temporaryFolder()
    const { exitCode, stdout, stderr } = await runCli(['demo'], { cwd: cwd.path })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^STORE +UPTIME .*\n(?:\S+ +\d+\.\d\d % .*\n){10}$/m)
    expect(stderr).toMatch(
      /7 rows were rejected:[^]*npx store-monitor serve --database demo\/store-monitor\.db/,
    )
    expect((await readFile(cwd.file('report.csv'), 'utf8')).split('\n')).toHaveLength(44)
    const stores = await runCli(['stores', '--json', '--database', 'demo/store-monitor.db'], {
      cwd: cwd.path,
    })
    expect(jsonLines(stores.stdout)).toHaveLength(42)
  },
)

describe('a command that asks for little', () => {
  /** Runs it, and has it say what it loads. */
  async function loadedBy(args: readonly string[], exitCode: number): Promise<string> {
    const print = `import { registerHooks } from 'node:module'
      registerHooks({ load: (url, context, next) => (console.error('loads', url), next(url, context)) })
      process.on('exit', () => { for (const name of process.moduleLoadList) console.error('loads', name) })`
    const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(print)}` }
    const result = await runCliProcess(args, { environment })
    expect(result.exitCode).toBe(exitCode)
    expect(result.stderr).toMatch(/loads .*\/client\/cli\/commands\/report/)
    return result.stderr
  }

  test.concurrent('of a server loads neither the server nor its packages, nor fetch', async ({ expect }) => {
    expect(await loadedBy(['report-status', unknownId, '--url', serverUrl], 3)).not.toMatch(
      /loads .*(?<!@trpc)\/server\/|node_modules\/(?:zod|kysely|better-sqlite3|hono)\/|undici/,
    )
  })

  test.concurrent('of a database loads neither HTTP nor what computes reports', async ({ expect }) => {
    const args = ['report-status', unknownId, '--database', folder.file('served.db')]
    expect(await loadedBy(args, 3)).not.toMatch(
      /node_modules\/(?:hono|piscina|temporal-polyfill|csv-stringify|papaparse)\/|undici|NativeModule https?$/m,
    )
  })

  test.concurrent('and a report without a server loads no HTTP application', async ({ expect }) => {
    const loaded = await loadedBy(['report', '--from', messy.folder, '--workers', '1'], 0)
    expect(loaded).not.toMatch(/node_modules\/(?:hono|zod-openapi)\/|undici|NativeModule https?$/m)
  })
})

test('serve ends with 0 when it is told to stop, and what it was asked for is done', async () => {
  await using other = startCli([
    'serve',
    '--port',
    '0',
    '--database',
    folder.file('other.db'),
    '--workers',
    '1',
  ])
  const url = (await other.said(/listening on (\S+) with/))[1]!
  expect((await fetch(`${url}/health`)).status).toBe(200)
  other.kill('SIGTERM')
  const { exitCode, stdout, stderr } = await other.finished
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
  // A log has a line for each thing that happens.
  const lines = stderr.trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    expect.stringMatching(/^store-monitor \S+ listening on /),
    'store-monitor is stopping; a second SIGTERM ends it at once',
  ])
})
