import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'

const csv = `store_id,status,timestamp_utc
a,active,2023-01-18 10:00:00 UTC
a,inactive,2023-01-19 11:00:00.5 UTC
b,active,2023-01-25 12:00:00.123 UTC
`

test.concurrent.for(['--database', '--url'])(
  'polls %s: lists them, and writes them to stdout, a file or a folder',
  { timeout: 120_000 },
  async (place, { expect }) => {
    await using folder = await temporaryFolder()
    await using database = await testDatabase()
    await using server = await runningServer()
    const at = [place, place === '--url' ? server.url : database.url]
    expect(await runCli(['push', '-', '-q', ...at], { input: csv })).toMatchObject({ exitCode: 0 })

    const listed = await runCli(['polls', 'a', '--limit', '1', ...at])
    expect(listed).toEqual({
      exitCode: 0,
      stdout: 'STORE  STATUS  TIME\na      active  2023-01-18T10:00:00Z\n',
      stderr: 'the first 1; --limit or --all shows more\n',
    })
    const late = await runCli(['polls', '--from', '2023-01-19T00:00Z', '--json', ...at])
    expect(jsonLines(late.stdout).map(({ storeId }) => storeId)).toEqual(['a', 'b'])

    expect(await runCli(['polls', 'export', ...at])).toEqual({ exitCode: 0, stdout: csv, stderr: '' })
    const some = await runCli(['polls', 'export', 'a', '--to', '2023-01-19T00:00Z', '--json', ...at])
    expect(some.stdout).toBe('{"store_id":"a","status":"active","timestamp_utc":"2023-01-18T10:00:00Z"}\n')
    const named = 'polls-2023-01-18--2023-01-25.csv'
    expect(await runCli(['polls', 'export', '-o', folder.path, ...at])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `${join(folder.path, named)}\n`,
    })
    expect(await readFile(folder.file(named), 'utf8')).toBe(csv)
    const parquet = await runCli(['polls', 'export', '-q', '-o', folder.file('polls.parquet'), ...at])
    expect(parquet).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect((await readFile(folder.file('polls.parquet'))).toString('latin1')).toMatch(/^PAR1[^]*PAR1$/)

    const unknown = await runCli(['polls', 'export', 'nowhere', '-o', folder.file('none.csv'), ...at])
    expect(unknown).toMatchObject({ exitCode: 3, stdout: '' })
    expect(unknown.stderr).toMatch(/^store-monitor: there is no store "nowhere"/)
    expect(await runCli(['polls', 'export', '--json', '--format', 'csv', ...at])).toMatchObject({
      exitCode: 2,
    })
    expect(await readdir(folder.path)).toEqual([named, 'polls.parquet'])
  },
)
