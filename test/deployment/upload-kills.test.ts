/** Uploads that were accepted are imported, once, whatever becomes of the servers that took them. */
import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { keptTotals } from '../../server/database/uploads.ts'
import type { ImportRecord } from '../../shared/import.ts'
import { createRandom } from '../bench/random.ts'
import { storedPolls } from '../support/import-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'
import { startedProgram, writeServerProgram, type KilledServer } from './server-program.ts'
import { manyPolls, serving } from './serving.ts'

/** `KILLS=1000 npx vitest run test/deployment/upload-kills.test.ts` is the long form. */
const KILLS = Number(process.env['KILLS'] ?? 4)
const SERVERS = databaseType === 'postgres' ? 2 : 1
const FEEDERS = 4
const ROWS = [50, 500, 10_000] as const

/** A server that soon takes over what nothing is heard of. */
async function writeQuickProgram(path: string, databaseUrl: string): Promise<void> {
  await writeServerProgram(path, { databaseUrl }, { uploadTimes: { claimMs: 1000, everyMs: 200 } })
}

/** Polls of a store that only this file has. */
function fileOf(store: string, rows: number): string {
  const at = (i: number) => new Date(Date.UTC(2026, 9, 5) + i * 1000).toISOString()
  return `store_id,status,timestamp_utc\n${Array.from({ length: rows }, (_, i) => `${store},active,${at(i)}\n`).join('')}`
}

/** Sends a file to be imported whatever becomes of the server; its import, or undefined where that was not answered. */
async function accepted(url: string, source: string, body: string): Promise<ImportRecord | undefined> {
  const headers = { prefer: 'respond-async' }
  const response = await fetch(`${url}/imports?source=${source}`, { method: 'POST', body, headers }).catch(
    () => undefined,
  )
  const text = await response?.text().catch(() => undefined)
  if (response === undefined || text === undefined || response.status === 503) return undefined
  expect([response.status, text]).toEqual([202, expect.any(String)])
  return JSON.parse(text) as ImportRecord
}

async function importOf(url: string, importId: number): Promise<ImportRecord> {
  return (await (await fetch(`${url}/imports/${importId}`)).json()) as ImportRecord
}

/** Waits until nothing is kept any more, as all that was is imported. */
async function untilAllIsIn(databaseUrl: string): Promise<void> {
  await using db = await connect(databaseUrl, { readOnly: true })
  await expect.poll(() => keptTotals(db), { timeout: 60_000 }).toEqual({ uploads: 0, bytes: 0 })
}

test(
  'of servers that are killed again and again, what was accepted goes in, once, and with the import that was told',
  { timeout: 60_000 + KILLS * 20_000 },
  async () => {
    await using database = await testDatabase()
    await using programs = await temporaryFolder()
    await using servers = new AsyncDisposableStack()
    const program = programs.file('server.mjs')
    await writeQuickProgram(program, database.url)
    const random = createRandom(Number(process.env['KILL_SEED'] ?? 1))
    const rowsOf = new Map<string, number>()
    const importIdOf = new Map<string, number>()
    const running: KilledServer[] = []
    const start = async () => servers.use(await startedProgram(program))

    async function feed(url: string): Promise<void> {
      for (;;) {
        const rows = ROWS[Math.floor(random() * ROWS.length)]!
        const store = `store-${rowsOf.size}`
        rowsOf.set(store, rows)
        const record = await accepted(url, store, fileOf(store, rows))
        if (record === undefined) return
        importIdOf.set(store, record.importId)
      }
    }

    for (let kill = 0; kill < KILLS; kill++) {
      while (running.length < SERVERS) running.push(await start())
      const [victim] = running.splice(Math.floor(random() * SERVERS), 1)
      const most = importIdOf.size + 1 + Math.floor(random() * 12)
      const feeding = Array.from({ length: FEEDERS }, () => feed(victim!.url))
      while (importIdOf.size < most) await new Promise(setImmediate)
      for (let turns = random() * 200; turns > 0; turns--) await new Promise(setImmediate)
      victim!.kill('SIGKILL')
      await Promise.all(feeding)
    }
    const last = running[0] ?? (await start())
    await untilAllIsIn(database.url)

    await using db = await connect(database.url, { readOnly: true })
    const polls = await storedPolls(db)
    expect(new Set(polls).size).toBe(polls.length)
    expect(await databaseSummary(db)).toMatchObject({ polls: polls.length })
    const stored = Map.groupBy(polls, (poll) => poll.split(' ')[0]!)
    const imports = await db.selectFrom('import').select(['import_id', 'source', 'state']).execute()
    expect(new Set(imports.map(({ source }) => source)).size).toBe(imports.length)
    const whole = { state: 'complete', failure: null, rowsRepeated: 0 }
    for (const [source, importId] of importIdOf) {
      const expected = { source, ...whole, rowsChanged: rowsOf.get(source) }
      expect(await importOf(last.url, importId)).toMatchObject(expected)
    }
    for (const [store, rows] of rowsOf) {
      const isIn = imports.some(({ source }) => source === store)
      expect([store, stored.get(store)?.length ?? 0]).toEqual([store, isIn ? rows : 0])
    }
  },
)

test.runIf(databaseType === 'postgres')(
  'of a server that is frozen, another takes over; when it goes on, it writes nothing of it',
  async () => {
    await using database = await testDatabase()
    await using programs = await temporaryFolder()
    const program = programs.file('server.mjs')
    await writeQuickProgram(program, database.url)
    await using frozen = await startedProgram(program)
    await using other = await startedProgram(program)
    const rows = 200_000
    const { importId } = (await accepted(frozen.url, 'frozen.csv', manyPolls(rows)))!
    frozen.kill('SIGSTOP')
    await untilAllIsIn(database.url)
    frozen.kill('SIGCONT')
    const whole = { state: 'complete', rowsAccepted: rows, rowsChanged: rows, rowsRepeated: 0 }
    expect(await importOf(frozen.url, importId)).toMatchObject(whole)
    // Behind what the one that was frozen had begun.
    await accepted(frozen.url, 'after.csv', fileOf('after', 10))
    await untilAllIsIn(database.url)
    expect(await importOf(other.url, importId)).toMatchObject(whole)
    await using db = await connect(database.url, { readOnly: true })
    expect(await databaseSummary(db)).toMatchObject({ polls: rows + 10 })
  },
)

test('a server that is told to stop hands over at once what it is importing for nobody who waits', async () => {
  await using database = await testDatabase()
  await using first = await serving(database.url)
  await using others = new AsyncDisposableStack()
  if (SERVERS > 1) others.use(await serving(database.url))
  const rows = 150_000
  const { importId } = (await accepted(first.url, 'handed-over.csv', manyPolls(rows)))!
  first.kill('SIGTERM')
  expect((await first.finished).exitCode).toBe(0)
  const next = others.use(await serving(database.url))
  await untilAllIsIn(database.url)
  expect(await importOf(next.url, importId)).toMatchObject({
    state: 'complete',
    rowsChanged: rows,
    rowsRepeated: 0,
  })
})
