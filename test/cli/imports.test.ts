import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { pollFile } from '../support/import-scene.ts'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
let at: readonly string[]

beforeAll(async () => {
  server = await runningServer()
  at = ['--url', server.url]
  const stores = Array.from({ length: 1201 }, (_, i) => `s${String(i).padStart(4, '0')}`)
  await server.upload(pollFile(stores.map((id) => [id, 'active', '2023-01-24 12:00:00 UTC'])), 'all.csv')
  await server.upload('store_id,name,city\ns0001,One,\ns0002,,Bonn\n', 'names.csv')
  await server.upload(pollFile([['s0002', 'active', '2023-01-24 13:00:00 UTC']]), 'late.csv')
  await server.upload(pollFile([['s0002', 'active', '2023-01-24 13:00:00 UTC']]), 'again.csv')
})
afterAll(() => server[Symbol.asyncDispose]())

test('an import is shown with the first stores of which it changed something, and how to list all', async () => {
  const many = await runCli(['imports', '1', ...at])
  expect(many.stdout).toMatch(
    /^IMPORT .*\n +1 {2}complete .*all\.csv\n\nIt changed something of 1,201 stores:\n {2}s0000\n {2}s0001 \(One\)\n(?: {2}s\d+\n){8} {2}and 1,191 more\n$/,
  )
  expect(many.stderr).toBe(`all of them: npx store-monitor imports 1 --stores --all ${at.join(' ')}\n`)
  const few = await runCli(['imports', '2', ...at])
  expect(few.stdout).toMatch(/\n\nIt changed something of 2 stores:\n {2}s0001 \(One\)\n {2}s0002\n$/)
  expect(few.stderr).toBe('')
  expect((await runCli(['imports', '4', ...at])).stdout).toMatch(
    /^IMPORT .*\n +4 {2}complete .*again\.csv\n$/,
  )
  expect(jsonLines((await runCli(['imports', '3', '--json', ...at])).stdout)).toMatchObject([
    { importId: 3, storesTouched: 1 },
  ])
})

test('all of them are listed', async () => {
  const all = await runCli(['imports', '1', '--stores', '--all', '--json', ...at])
  expect(jsonLines(all.stdout)).toHaveLength(1201)
  const first = await runCli(['imports', '1', '--stores', '--limit', '2', ...at])
  expect(first.stdout).toBe('STORE  NAME\ns0000\ns0001  One\n')
  expect(first.stderr).toBe('the first 2; --limit or --all shows more\n')
  const none = await runCli(['imports', '4', '--stores', ...at])
  expect(none).toMatchObject({ stdout: '', stderr: 'there are none\n' })
})

test('what changed a store is listed, by import and by change', async () => {
  const numbers = async (...args: string[]) =>
    jsonLines((await runCli([...args, '--json', ...at])).stdout).map(({ importId }) => importId)
  expect(await numbers('imports', '--store', 's0002')).toEqual([3, 2, 1])
  expect(await numbers('imports', '--store', 's0003')).toEqual([1])
  expect(await numbers('changes', '--store', 's0001')).toEqual([2, 1])
  const changes = await runCli(['changes', '--store', 's0001', ...at])
  expect(changes.stdout).toMatch(/import 2, 2 stores .*\n.*import 1, 1,201 stores /)
})

test('a file is left to the server, which tells what becomes of it', async () => {
  const file = { input: 'store_id,name\ns0004,Four\n' }
  const { stdout, stderr, exitCode } = await runCli(['import', '-', '--no-wait', ...at], file)
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/\n +5 {2}running {2}store-details .*\n$/)])
  expect(stderr).toContain(
    `the server imports them; to see what becomes of that: npx store-monitor imports 5 ${at.join(' ')}\n`,
  )
  const waited = await runCli(['imports', '5', '--wait', '--json', ...at])
  expect(jsonLines(waited.stdout)).toMatchObject([{ importId: 5, state: 'complete' }])
  const wrong = await runCli(['import', '-', '--no-wait', ...at], {
    input: 'store_id,timezone_str\ns0004,x\n',
  })
  expect(wrong.exitCode).toBe(0)
  const failed = await runCli(['imports', '6', '--wait', ...at])
  expect([failed.exitCode, failed.stderr]).toEqual([
    4,
    expect.stringMatching(/stdin was not imported: none of its only row can be taken/),
  ])
})

test('what is not to be had is refused, with what to do', async () => {
  const refused = [
    [['imports', '--stores'], 'write its number too, such as "imports 3 --stores"', 2],
    [['imports', '--wait'], 'write its number too, such as "imports 3 --wait"', 2],
    [['imports', '1', '--store', 's0001'], '--store lists the imports of a store: leave out the number', 2],
    [['imports', '99'], 'there is no import 99', 3],
    [['imports', '99', '--stores'], 'there is no import 99', 3],
    [['imports', '--store', 's9999'], 'there is no store "s9999"', 3],
    [['changes', '--store', 's9999'], 'there is no store "s9999"', 3],
    [['imports', '0'], 'Write a whole number, 1 or more', 2],
  ] as const
  for (const [args, message, exitCode] of refused) {
    const result = await runCli([...args, ...at])
    expect(result).toMatchObject({ exitCode, stdout: '' })
    expect(result.stderr).toContain(message)
  }
})

test('what was imported before it was recorded is said to be so', async () => {
  await using db = await connect(server.databaseUrl)
  await db
    .deleteFrom('touched_stores')
    .where('change_id', '=', 1 as never)
    .execute()
  const how = 'of which stores it changed something was not recorded when it was imported\n'
  const shown = await runCli(['imports', '1', ...at])
  expect(shown).toMatchObject({ stdout: expect.stringMatching(/all\.csv\n$/) as string, stderr: how })
  expect(await runCli(['imports', '1', '--stores', ...at])).toMatchObject({ stdout: '', stderr: how })
  for (const [command, thing] of [
    ['imports', 'import'],
    ['changes', 'change'],
  ] as const) {
    const { stderr } = await runCli([command, '--store', 's0003', ...at])
    expect(stderr).toBe(
      `there are none\n1 ${thing} may have changed it, too: made before it was recorded of which stores (npx store-monitor ${command} ${at.join(' ')})\n`,
    )
  }
})
