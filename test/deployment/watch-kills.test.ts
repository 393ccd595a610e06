import { rename, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { pollFile, storedPolls } from '../support/import-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'
import { startedProgram, writeServerProgram } from './server-program.ts'

/** `KILLS=100 npx vitest run test/deployment/watch-kills.test.ts` is a longer form. */
const KILLS = Number(process.env['KILLS'] ?? 4)
const PUSHERS = 3
const FILES_A_TIME = 8
/** Of each file, and of each push. */
const POLLS = 40
const firstMs = Date.parse('2026-10-05T00:00:00Z')

function instant(second: number): string {
  return new Date(firstMs + second * 1000).toISOString()
}

/** Pushes until the server is gone; how many polls were said to be safe, and how many sent. */
async function pushUntilGone(url: string, store: string, sentBefore: number) {
  let acknowledged = sentBefore
  for (let sent = sentBefore; ; sent += POLLS) {
    const polls = Array.from({ length: POLLS }, (_, i) => ({
      store_id: store,
      status: 'active',
      timestamp_utc: instant(sent + i),
    }))
    try {
      const response = await fetch(`${url}/polls`, { method: 'POST', body: JSON.stringify(polls) })
      if (!response.ok) throw new Error(await response.text())
      acknowledged = sent + POLLS
    } catch {
      return { acknowledged, sent: sent + POLLS }
    }
  }
}

test(
  'a server that is killed while it takes files and pushes loses nothing, and has taken each file once in the end',
  { timeout: 60_000 + KILLS * 20_000 },
  async () => {
    await using database = await testDatabase()
    await using folder = await temporaryFolder()
    await using programs = await temporaryFolder()
    const program = programs.file('server.mjs')
    const times = { watchTimes: { everyMs: 10, settleMs: 5 } }
    await writeServerProgram(program, { databaseUrl: database.url, watch: folder.path }, times)
    const stores = Array.from({ length: PUSHERS }, (_, i) => `pushed-${i}`)
    let pushed = stores.map(() => ({ acknowledged: 0, sent: 0 }))
    let files = 0

    async function putFiles(): Promise<void> {
      for (let i = 0; i < FILES_A_TIME; i++, files++) {
        const rows = Array.from(
          { length: POLLS },
          (_, second) => [`file-${files}`, 'active', instant(second)] as const,
        )
        await writeFile(folder.file('.new'), pollFile(rows))
        await rename(folder.file('.new'), folder.file(`${files}.csv`))
      }
    }

    async function check(): Promise<void> {
      await using db = await connect(database.url, { readOnly: true })
      const polls = await storedPolls(db)
      expect(await databaseSummary(db)).toMatchObject({ polls: polls.length })
      const counts = Map.groupBy(polls, (poll) => poll.split(' ')[0]!)
      const count = (store: string) => counts.get(store)?.length ?? 0
      for (const [i, store] of stores.entries()) {
        expect([pushed[i]!.acknowledged, pushed[i]!.sent]).toContain(count(store))
      }
      const complete = await db
        .selectFrom('import')
        .select('source')
        .where('state', '=', 'complete')
        .execute()
      const sources = complete.map(({ source }) => source).toSorted()
      const recorded = await db.selectFrom('watched_file').select('path').execute()
      expect(recorded.map(({ path }) => path).toSorted()).toEqual(sources)
      expect(new Set(sources).size).toBe(sources.length)
      for (let i = 0; i < files; i++) {
        expect(count(`file-${i}`)).toBe(sources.includes(folder.file(`${i}.csv`)) ? POLLS : 0)
      }
    }

    for (let kill = 0; kill < KILLS; kill++) {
      await using server = await startedProgram(program)
      const client = createStoreMonitorClient(server)
      const before = (await client.health.query()).database.polls!
      const pushing = stores.map((store, i) => pushUntilGone(server.url, store, pushed[i]!.acknowledged))
      await putFiles()
      const least = before + Math.floor(Math.random() * FILES_A_TIME * POLLS)
      while ((await client.health.query()).database.polls! <= least) await new Promise(setImmediate)
      await server[Symbol.asyncDispose]()
      pushed = await Promise.all(pushing)
      await check()
    }
    await using server = await startedProgram(program)
    const client = createStoreMonitorClient(server)
    await expect
      .poll(async () => (await client.import.watched.query({ limit: 1000 })).items.length, {
        timeout: 60_000,
      })
      .toBe(files)
    await check()
  },
)

test('of two servers that watch a folder, one is killed: the other takes what that was at, and what comes', async () => {
  await using database = await testDatabase()
  await using folder = await temporaryFolder()
  await using programs = await temporaryFolder()
  const program = programs.file('server.mjs')
  const settings = { databaseUrl: database.url, watch: folder.path }
  await writeServerProgram(program, settings, { watchTimes: { everyMs: 10, settleMs: 5 } })
  await using killed = await startedProgram(program)
  await using other = await startedProgram(program)
  const client = createStoreMonitorClient(other)
  let files = 0

  async function put(count: number): Promise<void> {
    for (const end = files + count; files < end; files++) {
      const rows = Array.from({ length: POLLS }, (_, i) => [`file-${files}`, 'active', instant(i)] as const)
      await writeFile(folder.file('.new'), pollFile(rows))
      await rename(folder.file('.new'), folder.file(`${files}.csv`))
    }
  }

  const begun = async () => (await client.health.query()).database.polls!
  await put(12)
  while ((await begun()) < POLLS) await new Promise(setImmediate)
  killed.kill('SIGKILL')
  await put(5)
  const taken = async () => (await client.import.watched.query({ limit: 1000 })).items
  await expect.poll(async () => (await taken()).length, { timeout: 60_000 }).toBe(files)
  expect((await taken()).every(({ state }) => state === 'imported')).toBe(true)
  await using db = await connect(database.url, { readOnly: true })
  expect(await storedPolls(db)).toHaveLength(files * POLLS)
  expect(await databaseSummary(db)).toMatchObject({ polls: files * POLLS })
})
