import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { serving } from '../deployment/serving.ts'
import { jsonLines, startCli } from '../support/run-cli.ts'
import { hasTerminal, writtenToTerminal } from '../support/terminal.ts'
import { testDatabase } from '../support/test-database.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 9, 5, 12, minute)).toISOString()

async function push(
  url: string,
  store: string,
  status: 'active' | 'inactive',
  minute: number,
): Promise<void> {
  await createStoreMonitorClient({ url }).polls.push([{ storeId: store, status, timestampUtc: at(minute) }])
}

test(
  'tail tells who goes down, of a server that is killed and started again, and of a database; Ctrl-C ends it',
  { timeout: 60_000 },
  async () => {
    await using database = await testDatabase()
    await using first = await serving(database.url)
    await push(first.url, 'a', 'active', 0)
    await push(first.url, 'b', 'active', 0)
    await using ofServer = startCli(['tail', '--url', first.url])
    await using ofStore = startCli(['tail', 'b', '--format', 'json', '--database', database.url])
    const when = /the latest poll was at 2026-10-05T12:00:00Z\n/
    await Promise.all([ofServer.said(when), ofStore.said(when)])
    await push(first.url, 'a', 'inactive', 10)
    await ofServer.wrote(/^2026-10-05T12:10:00Z {2}down {5}a {2}was up, since 2026-10-05T12:05Z\n$/)

    first.kill('SIGKILL')
    await first.finished
    await using second = await serving(database.url, new URL(first.url).port)
    let isTold = false
    void ofServer.wrote(/\n2026-10-05T\S+ {2}(?:up|down) +a {2}was/).then(() => (isTold = true))
    // What is pushed before it has found the server again is not told, but that there was something.
    let minute = 20
    for (; !isTold; minute++) {
      await push(second.url, 'a', minute % 2 ? 'inactive' : 'active', minute)
    }
    await push(second.url, 'b', 'inactive', minute)
    await ofStore.wrote(/\n/)

    for (const cli of [ofServer, ofStore]) cli.kill('SIGINT')
    const [told, json] = await Promise.all([ofServer.finished, ofStore.finished])
    expect([told.exitCode, json.exitCode]).toEqual([0, 0])
    expect(jsonLines(json.stdout)).toMatchObject([
      { storeId: 'b', from: 'up', to: 'down', lastPoll: at(minute).replace('.000', '') },
    ])
  },
)

test('what cannot be followed is refused before anything is told', async () => {
  await using database = await testDatabase()
  await using server = await serving(database.url)
  await using unknown = startCli(['tail', 'nowhere', '--url', server.url])
  expect(await unknown.finished).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: expect.stringMatching(/there is no store "nowhere"/) as unknown,
  })
  await using unreachable = startCli(['tail', '--url', 'http://127.0.0.1:1'])
  expect(await unreachable.finished).toMatchObject({ exitCode: 5, stdout: '' })
})

test.runIf(hasTerminal)('top fills a terminal, and leaves it as it was', async () => {
  await using database = await testDatabase()
  await using server = await serving(database.url)
  for (let i = 1; i <= 9; i++) await push(server.url, `store-${i}`, 'inactive', i)
  const written = await writtenToTerminal({ rows: 8, columns: 60 }, ['top', '--url', server.url], /store-4/)
  expect(written).toContain('9 down, 0 up, 0 unknown, 0 excused, 0 closed')
  expect(written).not.toContain('store-5')
  const [enter, leave] = ['\u001B[?1049h', '\u001B[?1049l']
  expect([written.indexOf(enter), written.split(enter).length]).toEqual([0, 2])
  expect(written.trimEnd().endsWith(leave)).toBe(true)
})

test.runIf(hasTerminal)('top is shown also on a terminal that does not tell its size', async () => {
  await using database = await testDatabase()
  await using server = await serving(database.url)
  await push(server.url, 'store-1', 'inactive', 1)
  const written = await writtenToTerminal({ rows: 0, columns: 0 }, ['top', '--url', server.url], /store-1/)
  expect(written).toContain('1 down, 0 up, 0 unknown, 0 excused, 0 closed')
})
