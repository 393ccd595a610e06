import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { runCli, jsonLines } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const watchTimes = { everyMs: 20, settleMs: 10 }
const polls = 'store_id,status,timestamp_utc\ns1,active,2023-01-24 10:00:00 UTC\n'

test('files that come into watched folders are imported, and seen through every door', async () => {
  await using one = await temporaryFolder()
  await using other = await temporaryFolder()
  const folders = [one.path, other.path]
  await using server = await runningServer({ watch: [...folders, '/nowhere/at/all'], watchTimes })
  await writeFile(one.file('polls.csv'), polls)
  await writeFile(other.file('zones.csv'), 'store_id,timezone_str\ns1,UTC\n')
  await writeFile(other.file('bad.csv'), 'nonsense\n')
  await writeFile(other.file('empty.csv'), '')
  const client = createStoreMonitorClient(server)
  const isDone = async () => {
    const { items, folders } = await client.import.watched.query({})
    return (
      items.length === 3 && folders.every(({ lookedAt, problem }) => lookedAt !== null || problem !== null)
    )
  }
  await expect.poll(isDone, { timeout: 30_000 }).toBe(true)

  const watched = await client.import.watched.query({})
  expect(watched.nextCursor).toBeNull()
  expect(watched.items.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toMatchObject(
    [
      { path: one.file('polls.csv'), state: 'imported', failure: null },
      { path: other.file('zones.csv'), state: 'imported', importId: expect.any(Number) as unknown },
      { path: other.file('bad.csv'), state: 'failed', importId: null, sha256: null },
    ].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  )
  expect(watched.folders).toMatchObject([
    { folder: folders[0], files: 1, left: 0 },
    { folder: folders[1], files: 3, firstWaiting: [{ name: 'empty.csv', reason: 'it is empty' }] },
    { folder: '/nowhere/at/all', lookedAt: null, problem: 'there is no file or folder /nowhere/at/all' },
  ])
  expect((await client.import.list.query({})).items.map(({ source }) => source).toSorted()).toEqual(
    [one.file('polls.csv'), other.file('zones.csv')].toSorted(),
  )
  expect(server.told).toHaveLength(2)
  expect(server.told).toContain('files of /nowhere/at/all wait: there is no file or folder /nowhere/at/all')
  expect(server.told.join()).toContain(`${other.file('bad.csv')} was not imported: it is of no known kind`)
  expect(server.errors).toEqual([])

  const failed = await fetch(`${server.url}/imports/watched?state=failed`)
  expect(await failed.json()).toMatchObject({ items: [{ path: other.file('bad.csv') }], nextCursor: null })
  const first = (await (await fetch(`${server.url}/imports/watched?limit=2`)).json()) as {
    nextCursor: string
  }
  const rest = await fetch(`${server.url}/imports/watched?cursor=${first.nextCursor}`)
  expect(((await rest.json()) as { items: unknown[] }).items).toHaveLength(1)
  expect((await fetch(`${server.url}/imports/watched?state=lost`)).status).toBe(400)

  const at = ['--url', server.url]
  expect(await runCli(['watched', '--failed', ...at])).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^STATE +IMPORT +AT +FILE\nfailed .*bad\.csv \(it is of no known kind.*\n$/,
    ),
    stderr: [
      '/nowhere/at/all: there is no file or folder /nowhere/at/all\n',
      `1 file of ${folders[1]} waits:\n  empty.csv: it is empty\n`,
    ]
      .toReversed()
      .join(''),
  })
  expect(jsonLines((await runCli(['watched', '--json', ...at])).stdout)).toEqual(watched.items)
  expect((await runCli(['watched', '--folders', ...at])).stdout).toMatch(
    /^FILES +WAITING +LEFT +LOOKED AT +FOLDER\n +1 +0 .*\n +3 +1 .*\n.* \/nowhere\/at\/all \(there is no .*\)\n$/,
  )
  expect(jsonLines((await runCli(['watched', '--folders', '--json', ...at])).stdout)).toHaveLength(3)
  expect(await runCli(['watched', '--folders', '--database', server.databaseUrl])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'no folder is watched: "serve --watch FOLDER" does\n',
  })
})

test('a folder that has the database is not watched', async () => {
  await using folder = await temporaryFolder()
  await expect(
    runningServer({ databaseUrl: folder.file('stores.db'), watch: [folder.path] }),
  ).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(/database is in it/) as unknown })
})

test('a server that is told to stop leaves what it was at to the next one', async () => {
  await using folder = await temporaryFolder()
  await using database = await testDatabase()
  const databaseUrl = database.url
  const watch = [folder.path]
  for (let i = 0; i < 40; i++) await writeFile(folder.file(`${i}.csv`), polls.replace('s1', `s${i}`))
  const imported = async (url: string) =>
    (await createStoreMonitorClient({ url }).import.list.query({ limit: 1 })).items[0]?.importId ?? 0
  {
    await using server = await runningServer({ databaseUrl, watch, watchTimes })
    await expect.poll(() => imported(server.url), { timeout: 30_000 }).toBeGreaterThan(3)
  }
  await using server = await runningServer({ databaseUrl, watch, watchTimes })
  const client = createStoreMonitorClient(server)
  await expect
    .poll(async () => (await client.import.watched.query({ limit: 1000 })).items.length, { timeout: 60_000 })
    .toBe(40)
  expect((await client.health.query()).database.polls).toBe(40)
})
