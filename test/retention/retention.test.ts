import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { readConfig } from '../../server/config.ts'
import { connect } from '../../server/database/connect.ts'
import type { RetentionRun } from '../../shared/retention.ts'
import { readTotals } from '../../server/database/totals.ts'
import { deleteWhatIsOld } from '../../server/retention/retention.ts'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'

const DAY_MS = 86_400_000
const head = 'store_id,status,timestamp_utc\n'
const years = [2023, 2024, 2025]
const polls = years
  .flatMap((year) => ['a', 'b'].map((id) => `${id},active,${year}-03-02T10:00:00Z\n`))
  .join('')

async function json<Body>(server: TestServer, path: string): Promise<Body> {
  return (await (await fetch(server.url + path)).json()) as Body
}

interface Changes {
  readonly items: readonly {
    readonly kind: string
    readonly what: string
    readonly author: string
    readonly reason: string
  }[]
}

async function changesOf(server: TestServer, kind: string): Promise<Changes['items']> {
  return (await json<Changes>(server, `/changes?kind=${kind}`)).items
}

describe('by itself, a server deletes', () => {
  test(
    'polls of weeks that are over for so long, and goes on with the others',
    { timeout: 20_000 },
    async () => {
      const now = Date.now()
      // Until 2024-09-01.
      await using server = await runningServer({ keepPolls: now - Date.UTC(2024, 8, 1), retainEveryMs: 20 })
      await server.upload(head + polls)
      const left = { database: { polls: 2, stores: 2 } }
      await expect.poll(() => json(server, '/health'), { timeout: 15_000 }).toMatchObject(left)
      const changes = await changesOf(server, 'polls-deleted')
      expect(changes.map(({ what }) => what)).toEqual(['2 polls of 2 stores', '2 polls of 2 stores'])
      expect(changes[0]).toMatchObject({
        author: 'retention',
        reason: expect.stringMatching(/^keepPolls is \d+/) as string,
      })
      await using db = await connect(server.databaseUrl)
      expect(await db.selectFrom('poll_week_summary').select('week').execute()).toHaveLength(1)
      expect((await finishedReport(server.url))['status']).toBe('Complete')
      expect(server.errors).toEqual([])
    },
  )

  test('nothing where nothing says so', async () => {
    await using server = await runningServer({ retainEveryMs: 5 })
    await server.upload(`${head}${polls}c,shut,2023-01-01T00:00:00Z\n`)
    await finishedReport(server.url)
    await using db = await connect(server.databaseUrl)
    await deleteWhatIsOld({}, { writing: db, now: () => Date.now() + 1000 * DAY_MS, goesOn: () => true })
    expect(await json(server, '/health')).toMatchObject({ database: { polls: 6 } })
    expect(await json<{ items: unknown[] }>(server, '/reports')).toMatchObject({ items: [{}] })
    expect(await json<{ items: unknown[] }>(server, '/imports/1/rejected')).toMatchObject({ items: [{}] })
  })
})

test('reports go with their results, and which ended of late stay', async () => {
  await using server = await runningServer()
  await using db = await connect(server.databaseUrl)
  await server.upload(head + polls)
  const ids: string[] = []
  for (let i = 0; i < 3; i++) ids.push((await finishedReport(server.url))['report_id'] as string)
  await db
    .updateTable('report')
    .set({ finished_at: 5000 })
    .where('report_id', '!=', ids[2] as never)
    .execute()
  await deleteWhatIsOld({ keepReports: DAY_MS }, { writing: db, now: Date.now, goesOn: () => true })
  const listed = await json<{ items: { report_id: string }[] }>(server, '/reports')
  expect(listed.items.map(({ report_id }) => report_id)).toEqual([ids[2]])
  expect(await db.selectFrom('report_part').select('report_key').distinct().execute()).toHaveLength(1)
  expect(await changesOf(server, 'reports-deleted')).toMatchObject([
    { what: expect.stringMatching(/^2 reports that ended before /) as string, reason: 'keepReports is 24h' },
  ])
  expect(await json(server, '/health')).toMatchObject({ database: { polls: 6 } })
})

test('the text of rejected rows goes, what was counted of them stays', async () => {
  await using server = await runningServer()
  await using db = await connect(server.databaseUrl)
  const bad = Array.from({ length: 30 }, (_, i) => `s${i},shut,2023-01-01T00:00:00Z\n`).join('')
  await server.upload(head + polls + bad)
  await server.upload(`${head}a,active,2023-04-01T00:00:00Z\nx,shut,2023-01-01T00:00:00Z\n`)
  await db
    .updateTable('import')
    .set({ finished_at: 5000 })
    .where('import_id', '=', 1 as never)
    .execute()
  await deleteWhatIsOld({ keepRejectedRows: DAY_MS }, { writing: db, now: Date.now, goesOn: () => true })
  expect(await json(server, '/imports/1/rejected')).toMatchObject({ items: [], rowsNotKept: 30 })
  expect(await json<{ items: unknown[] }>(server, '/imports/2/rejected')).toMatchObject({ items: [{}] })
  expect(await json(server, '/imports/1/rejected/summary')).toMatchObject({ reasons: [{ rows: 30 }] })
  expect(await changesOf(server, 'rejected-rows-deleted')).toMatchObject([
    { what: 'the text of 30 rejected rows of import 1: upload.csv' },
  ])
})

test('what ends in the middle goes on the next time, and everything adds up after each step', async () => {
  await using server = await runningServer()
  await using db = await connect(server.databaseUrl)
  await server.upload(head + polls)
  const parts = { writing: db, now: () => Date.UTC(2030, 0), goesOn: () => false }
  for (const left of [4, 2, 0, 0]) {
    await deleteWhatIsOld({ keepPolls: DAY_MS }, parts)
    expect(await readTotals(db)).toMatchObject({ polls: left })
    expect(await json(server, '/health')).toMatchObject({ database: { polls: left } })
  }
})

describe('what is old', () => {
  const keeping = { keepReports: DAY_MS, keepRejectedRows: DAY_MS, keepPolls: DAY_MS }
  const deletedOf = ({ items }: RetentionRun) => items.map(({ setting, deleted }) => [setting, deleted])
  const counts = [
    ['keepReports', 1],
    ['keepRejectedRows', 2],
    ['keepPolls', 6],
  ]

  async function aged(server: TestServer): Promise<void> {
    await server.upload(`${head}${polls}x,shut,2023-01-01T00:00:00Z\ny,shut,2023-01-01T00:00:00Z\n`)
    await finishedReport(server.url)
    await using db = await connect(server.databaseUrl)
    for (const table of ['import', 'report'] as const) {
      await db.updateTable(table).set({ finished_at: 5000 }).execute()
    }
    await server.upload(`${head}a,active,${new Date().toISOString()}\nx,shut,2023-01-01T00:00:00Z\n`)
    await finishedReport(server.url)
  }

  test('is told first, and deleted then, over tRPC and REST, as much as was told', async () => {
    await using server = await runningServer(keeping)
    await aged(server)
    const { retention } = createStoreMonitorClient({ url: server.url })
    const told = await retention.run.mutate({ dryRun: true })
    expect(told).toMatchObject({ isDryRun: true, isWhole: true })
    expect(told.items[0]).toMatchObject({ keptFor: '24h', before: expect.stringMatching(/Z$/) as string })
    expect(deletedOf(told)).toEqual(counts)
    expect(await json(server, '/health')).toMatchObject({ database: { polls: 7 } })
    const response = await fetch(`${server.url}/retention/run`, { method: 'POST' })
    const run = (await response.json()) as RetentionRun
    expect(run).toMatchObject({ isDryRun: false, isWhole: true })
    expect(deletedOf(run)).toEqual(counts)
    expect(await json(server, '/health')).toMatchObject({ database: { polls: 1 } })
    expect(deletedOf(await retention.run.mutate())).toEqual(counts.map(([setting]) => [setting, 0]))
    expect(server.errors).toEqual([])
  })

  test('is told and deleted by the command line, without a server, too', async () => {
    await using server = await runningServer()
    await aged(server)
    const at = ['--database', server.databaseUrl]
    const environment = { STORE_MONITOR_KEEP_POLLS: '400d' }
    for (const args of [['retention'], ['retention', 'run', '--dry-run']]) {
      const told = await runCli([...args, ...at], { environment })
      expect(told.stdout).toMatch(/^SETTING +KEPT FOR +BEFORE +WOULD GO\nkeepPolls +400d +\S+Z +6 +polls\n$/)
      expect(told.stderr).toMatch(
        /^nothing has been deleted; to delete it: npx store-monitor retention run --/,
      )
    }
    const run = await runCli(['retention', 'run', ...at, '--json'], { environment })
    expect(jsonLines(run.stdout)).toMatchObject([{ isWhole: true, items: [{ deleted: 6 }] }])
    expect(await json(server, '/health')).toMatchObject({ database: { polls: 1 } })
  })

  test('is nothing where all is kept for ever, which is said', async () => {
    await using server = await runningServer()
    const refused = await runCli(['retention', 'run', '--url', server.url])
    expect(refused).toMatchObject({ exitCode: 4, stdout: '' })
    expect(refused.stderr).toContain('everything is kept for ever: set keepReports, ')
  })
})

test.each([
  [{ STORE_MONITOR_KEEP_POLLS: '12h' }, /keepPolls \(STORE_MONITOR_KEEP_POLLS\) is "12h": at least a day/],
  [{ STORE_MONITOR_KEEP_POLLS: '99999999999d' }, /keepPolls .*: at least a day .* at most 36500d/],
  [{ STORE_MONITOR_KEEP_REPORTS: 'a year' }, /keepReports .*: "a year" is not a duration: write/],
])('a time that cannot be is refused: %o', (environment, message) => {
  expect(() => readConfig(environment)).toThrow(message)
  expect(readConfig({ STORE_MONITOR_KEEP_POLLS: '400d' }).keepPolls).toBe(400 * DAY_MS)
})
