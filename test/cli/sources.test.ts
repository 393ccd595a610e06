import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonLines, runCli, startCli } from '../support/run-cli.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

const csv = 'store_id,status,timestamp_utc\na,active,2026-10-05T09:00:00Z\n,,\n'

async function configured(name: string, more = ''): Promise<string> {
  const at = folder.file(name)
  await mkdir(at)
  await writeFile(join(at, 'polls.csv'), csv)
  const file = join(at, 'monitor.yaml')
  await writeFile(
    file,
    `sources:\n  - { name: polls, url: "file://${join(at, 'polls.csv')}", schedule: "0 0 * * *" }\n${more}`,
  )
  return file
}

test('a source is tried, pulled and listed without a server', async () => {
  const config = await configured('pulled')
  await using database = await testDatabase()
  const at = ['--config', config, '--database', database.url]
  const tried = await runCli(['sources', 'try', 'polls', '--config', config])
  expect(tried).toMatchObject({
    exitCode: 0,
    stdout: 'STORE  STATUS  TIMESTAMP\na      active  2026-10-05T09:00:00Z\n',
  })
  expect(tried.stderr).toMatch(
    /^1 poll would be taken, 1 rejected\n {2}row 3: .*\nas CSV it begins:\n {2}store_id,/,
  )
  const before = await runCli(['sources', ...at])
  expect(before.stdout).toMatch(/^SOURCE .*\npolls +0 0 \* \* \* +never pulled +file:\/\/\S+\n$/)
  const pulled = await runCli(['sources', 'pull', 'polls', '--json', ...at])
  expect(jsonLines(pulled.stdout)).toMatchObject([{ outcome: 'imported', import: { rowsRejected: 1 } }])
  expect(await runCli(['sources', 'pull', 'polls', ...at])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'polls: nothing else than what was imported last; --again imports it\n',
  })
  expect((await runCli(['sources', 'pull', 'polls', '--again', ...at])).stdout).toMatch(
    /^IMPORT .*\n +2 {2}complete/,
  )
  const listed = await runCli(['sources', '--json', ...at])
  expect(jsonLines(listed.stdout)).toMatchObject([{ name: 'polls', lastImportId: 2, failures: 0 }])
})

test('what fails is said, and listed with the reason', async () => {
  const config = await configured(
    'failing',
    '  - { name: gone, url: "file:///nowhere.csv", schedule: "@daily" }\n',
  )
  await using database = await testDatabase()
  const at = ['--config', config, '--database', database.url]
  const failed = await runCli(['sources', 'pull', 'gone', ...at])
  expect(failed).toMatchObject({
    exitCode: 5,
    stderr: expect.stringMatching(/^store-monitor: the file cannot be read: ENOENT/) as string,
  })
  const listed = await runCli(['sources', ...at])
  expect(listed.stderr).toMatch(/^gone: the file cannot be read: ENOENT/)
  const empty = await runCli(['sources', '--database', database.url])
  expect(empty.stdout).toMatch(/^SOURCE .*\ngone +none any more .* failed/)
})

test('a server pulls what its file has, and does not start where a secret is missing', async () => {
  const header = 'headers: { Authorization: "${TOKEN}" }'
  const cwd = folder.file('served')
  await mkdir(cwd)
  const write = (more: string) =>
    writeFile(
      join(cwd, 'store-monitor.yaml'),
      `port: 0\nsources:\n  - { name: gone, url: "file:///nowhere.csv", schedule: "@daily", ${more} }\n`,
    )
  await write(header)
  const refused = await runCli(['serve'], { cwd })
  expect(refused).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^store-monitor: the variable TOKEN is not set/m) as string,
  })
  await write('')
  await using server = startCli(['serve'], { cwd })
  await server.said(/"source gone cannot be pulled: the file cannot be read: ENOENT/m)
})
