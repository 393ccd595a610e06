import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { createReportRunner, type ReportRunner, type RunnerParts } from '../../server/reports/runner.ts'
import { readStoreRules } from '../../server/database/report-input.ts'
import { listPendingParts, planParts } from '../../server/database/report-plan.ts'
import { insertReport, reportOf } from '../../server/database/reports.ts'
import { reportId, storeId } from '../../shared/ids.ts'
import { isFinished } from '../../shared/report-state.ts'
import { giveZone } from '../support/zoned-stores.ts'
import { reportOptions, type Report } from '../../shared/report.ts'
import { reportRowsInput } from '../../shared/report-rows.ts'
import { FIRST_POLL_MS } from '../support/filled-database.ts'
import { filledDatabase } from '../support/test-database.ts'

/** Some hundred of them, so that a report takes long enough to be seen half-way. */
const smallParts = { storesPerPart: 16 }
const computedWith = { programVersion: '1.0.0', zoneDataVersion: '2026b' }
const usual = reportOptions.parse({})

async function runnerOn(
  databaseUrl: string,
  { workers = 1, ...setting }: Partial<Pick<RunnerParts, 'workers' | 'storesPerPart' | 'lookTimes'>> = {},
) {
  await using parts = new AsyncDisposableStack()
  const db = parts.use(await connect(databaseUrl))
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const runner = parts.use(
    createReportRunner({
      reading: db,
      writing: db,
      databaseUrl,
      workers,
      startThreads: 'on demand',
      ...setting,
      computedWith,
      now: Date.now,
      onError,
    }),
  )
  const owned = parts.move()
  return { db, runner, errors, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function lastOf(runner: ReportRunner, report: Report): Promise<Report> {
  let last = report
  for await (const next of runner.watch(report.reportId)) last = next
  return last
}

function storedParts(db: Awaited<ReturnType<typeof connect>>) {
  return db.selectFrom('report_part').selectAll().orderBy('report_key').orderBy('part').execute()
}

test('the same bytes come from 1, 2 and 4 workers', async () => {
  await using database = await filledDatabase(5000)
  const results: string[] = []
  for (const workers of [1, 2, 4]) {
    await using on = await runnerOn(database.url, { workers })
    const report = await lastOf(on.runner, await on.runner.trigger(usual))
    expect(report).toMatchObject({ state: 'complete', progress: { storesDone: 5000, storesTotal: 5000 } })
    const parts = await storedParts(on.db)
    const bytes = (what: 'csv' | 'totals') => Buffer.concat(parts.map((part) => part[what]!))
    results.push(`${bytes('csv').toString()}${bytes('totals').toString('hex')}`)
    await on.db.deleteFrom('report').execute()
  }
  expect(results[0]).toContain('store-000001,')
  expect(results[1]).toBe(results[0])
  expect(results[2]).toBe(results[0])
})

test('a report shows its progress part by part, and never goes back', async () => {
  await using database = await filledDatabase(4000)
  await using on = await runnerOn(database.url, smallParts)
  const report = await on.runner.trigger(usual)
  const seen: Report[] = []
  for await (const next of on.runner.watch(report.reportId)) seen.push(next)
  const done = seen.map(({ progress }) => progress.storesDone)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(done.some((stores) => stores > 0 && stores < 4000)).toBe(true)
  expect(seen.at(-1)).toMatchObject({ state: 'complete', progress: { storesDone: 4000, storesTotal: 4000 } })
})

test('a report that was stopped in the middle goes on after a restart and keeps the parts that are done', async () => {
  await using database = await filledDatabase(4000)
  let report: Report
  let before
  {
    await using on = await runnerOn(database.url, smallParts)
    report = await on.runner.trigger(usual)
    for await (const next of on.runner.watch(report.reportId)) if (next.progress.storesDone > 0) break
    await on.runner[Symbol.asyncDispose]()
    before = await storedParts(on.db)
    expect(before.some((part) => part.csv !== null)).toBe(true)
    expect(before.some((part) => part.csv === null)).toBe(true)
    // Marks what is done, so that it would show if it were done again.
    await on.db
      .updateTable('report_part')
      .set({ csv: Buffer.from('kept') })
      .where('csv', 'is not', null)
      .execute()
  }
  await using on = await runnerOn(database.url, { workers: 2, ...smallParts })
  await on.runner.resumeUnfinished()
  expect(await lastOf(on.runner, report)).toMatchObject({
    state: 'complete',
    progress: { storesDone: 4000, storesTotal: 4000 },
  })
  for (const [i, part] of (await storedParts(on.db)).entries()) {
    expect(Buffer.from(part.csv!).toString() === 'kept').toBe(before[i]!.csv !== null)
  }
})

test('a report that another process left unfinished is taken up, also while a server runs', async () => {
  await using database = await filledDatabase(40)
  await using server = await runnerOn(database.url, {
    ...smallParts,
    lookTimes: { everyMs: 20, stuckAfterMs: 20 },
  })
  await server.runner.resumeUnfinished()
  await using killed = await connect(database.url)
  const { report } = await insertReport(killed, {
    reportId: reportId.parse(crypto.randomUUID()),
    options: usual,
    asOf: FIRST_POLL_MS,
    requestedAtMs: 0,
  })
  const reportKey = report.report_key
  await planParts(killed, { reportKey, computedWith, partSize: () => 16, startedAtMs: 0 })
  expect(await lastOf(server.runner, reportOf(report))).toMatchObject({
    state: 'complete',
    progress: { storesDone: 40, storesTotal: 40 },
  })
})

test('a cancelled report ends, frees the pool, and leaves no parts', async () => {
  await using database = await filledDatabase(4000)
  await using on = await runnerOn(database.url, smallParts)
  const report = await on.runner.trigger(usual)
  for await (const next of on.runner.watch(report.reportId)) if (next.progress.storesDone > 0) break
  expect(await on.runner.cancel(report.reportId)).toMatchObject({ state: 'cancelled' })
  expect(await lastOf(on.runner, report)).toMatchObject({ state: 'cancelled' })

  const next = await lastOf(on.runner, await on.runner.trigger(usual))
  expect(next.state).toBe('complete')
  expect(new Set((await storedParts(on.db)).map((part) => part.report_key)).size).toBe(1)
  const parts = await storedParts(on.db)
  await expect(on.runner.cancel(next.reportId)).rejects.toThrow(/cannot be cancelled: it is complete/)
  expect(await storedParts(on.db)).toEqual(parts)
  expect(on.errors).toEqual([])
})

test('reports take turns: a later one is not kept waiting until an earlier one has ended', async () => {
  await using database = await filledDatabase(4000)
  await using on = await runnerOn(database.url, smallParts)
  const reports = [await on.runner.trigger(usual), await on.runner.trigger(usual)] as const
  const progress = new Map<string, number>()
  let bothUnderWay = false
  await Promise.all(
    reports.map(async ({ reportId }) => {
      for await (const next of on.runner.watch(reportId)) {
        progress.set(reportId, isFinished(next.state) ? 0 : next.progress.storesDone)
        bothUnderWay ||= [...progress.values()].filter((stores) => stores > 0).length === 2
      }
    }),
  )
  expect(bothUnderWay).toBe(true)
})

test('a report whose data cannot be read fails with the reason', async () => {
  await using database = await filledDatabase(10)
  await using on = await runnerOn(database.url)
  await giveZone(on.db, 'Mars/Olympus', 5)
  const report = await lastOf(on.runner, await on.runner.trigger(usual))
  expect(report).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('Mars/Olympus') as string,
  })
  expect(await storedParts(on.db)).toEqual([])
})

test('a repeated request is one report, until there are later polls where it looks back from the latest', async () => {
  await using database = await filledDatabase(10)
  await using on = await runnerOn(database.url)
  const once = { key: 'a', forMs: 60_000, untilNews: true }
  const first = await on.runner.trigger(usual, { once })
  expect((await on.runner.trigger(usual, { once })).reportId).toBe(first.reportId)

  await on.db
    .updateTable('poll_week_summary')
    .set((eb) => ({ latest_poll_at: eb('latest_poll_at', '+', 1000) }))
    .execute()
  const later = await on.runner.trigger(usual, { once })
  expect(later.reportId).not.toBe(first.reportId)
  expect(Date.parse(later.asOf) - Date.parse(first.asOf)).toBe(1000)

  const keyed = { ...once, key: 'b', untilNews: false }
  const named = await on.runner.trigger(usual, { once: keyed })
  await on.db.updateTable('poll_week_summary').set({ latest_poll_at: 0 }).execute()
  expect((await on.runner.trigger(usual, { once: keyed })).reportId).toBe(named.reportId)
  for (const other of [{ reach: '2h' }, { asOf: named.asOf }]) {
    const options = reportOptions.parse(other)
    await expect(on.runner.trigger(options, { once: keyed })).rejects.toThrow(/requested with other options/)
  }
})

test("one store's row is that of a whole report", async () => {
  await using database = await filledDatabase(1100)
  await using on = await runnerOn(database.url)
  const { reportId } = await lastOf(on.runner, await on.runner.trigger(usual))
  const { items } = await on.runner.rows(reportRowsInput.parse({ reportId, limit: 1000 }))
  for (const row of [items[0]!, items[3]!, items[999]!]) {
    const ofStore = await on.runner.storeRow(row.storeId, usual)
    expect(row).toMatchObject(ofStore)
    expect(ofStore.uptimeLastWeekMs).toBeGreaterThan(0)
  }
  await expect(on.runner.storeRow(storeId.parse('store-00000'), usual)).rejects.toThrow(/no store/)
})

test('what a thread refuses is refused as if there were no threads', async () => {
  await using database = await filledDatabase(10)
  await using on = await runnerOn(database.url)
  const { reportId } = await lastOf(on.runner, await on.runner.trigger(usual))
  const sorted = { reportId, sortBy: 'uptimeLastDayMs', cursor: 'elsewhere' }
  await expect(on.runner.rows(reportRowsInput.parse(sorted))).rejects.toMatchObject({
    name: 'AppError',
    code: 'invalid',
    message: expect.stringContaining('"elsewhere" is not a cursor of these rows') as string,
  })
})

test.runIf(process.platform === 'linux')(
  'the threads of reports step behind the one that answers',
  async () => {
    await using database = await filledDatabase(10)
    await using on = await runnerOn(database.url, { workers: 2 })
    const before = nicerThreads()
    const own = getPriority()
    await lastOf(on.runner, await on.runner.trigger(usual))
    expect(nicerThreads()).toBeGreaterThan(before)
    expect(getPriority()).toBe(own)
  },
)

/** How many threads are behind this one: the niceness of each is the 19th field of its `stat`. */
function nicerThreads(): number {
  const stats = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'))
  return stats.filter((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]) > getPriority())
    .length
}

test('a store that is added while a report runs belongs to some part, also one that comes before all others', async () => {
  await using database = await filledDatabase(10)
  await using db = await connect(database.url)
  const { report } = await insertReport(db, {
    reportId: reportId.parse(crypto.randomUUID()),
    options: usual,
    asOf: 0,
    requestedAtMs: 0,
  })
  await planParts(db, {
    reportKey: report.report_key,
    computedWith,
    partSize: () => 4,
    startedAtMs: 0,
  })
  for (const [i, id] of ['a', 'store-000005-b', 'z'].entries()) {
    await db
      .insertInto('store')
      .values({ store_key: 100 + i, store_id: storeId.parse(id) })
      .execute()
  }
  const parts = await listPendingParts(db, report.report_key)
  const counts = await Promise.all(parts.map(async (part) => (await readStoreRules(db, part)).length))
  expect(counts).toEqual([5, 5, 3])
})
