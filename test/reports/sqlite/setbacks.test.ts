/** Reports that were acknowledged come to their end, also where the database cannot be written for a while. */
import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect, type Db } from '../../../server/database/connect.ts'
import { createJobQueue } from '../../../server/jobs/queue.ts'
import { getReport, insertReport, type StoredReport } from '../../../server/database/reports.ts'
import type { PartStretch } from '../../../server/reports/part-size.ts'
import { reportJob } from '../../../server/reports/report-job.ts'
import { createReportTasks } from '../../../server/reports/report-tasks.ts'
import { createReportRunner } from '../../../server/reports/runner.ts'
import { createReportWatch } from '../../../server/reports/watch.ts'
import { outcomeOf, resultOf, type WorkerTasks } from '../../../server/reports/worker-task.ts'
import { reportId, type ReportId } from '../../../shared/ids.ts'
import { reportOptions } from '../../../shared/report.ts'
import { FIRST_POLL_MS, fillDatabase } from '../../support/filled-database.ts'
import { giveZone } from '../../support/zoned-stores.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const computedWith = { programVersion: '1.0.0', zoneDataVersion: '2026b' }
const usual = reportOptions.parse({})
const noErrors = (error: unknown) => expect.unreachable(String(error))

test('reports wait for a lock that another program holds longer than anybody has patience', async () => {
  await using folder = await temporaryFolder()
  const databaseUrl = folder.file('a.db')
  await fillDatabase(databaseUrl, 100)
  await using db = await connect(databaseUrl, { patienceMs: 20 })
  const other = new BetterSqlite3(databaseUrl)
  let setbacks = 0
  await using runner = createReportRunner({
    reading: db,
    writing: db,
    databaseUrl,
    workers: 2,
    startThreads: 'on demand',
    storesPerPart: 10,
    computedWith,
    now: Date.now,
    patienceMs: 20,
    pauseMs: () => {
      setbacks++
      if (setbacks === 8) other.exec('rollback')
      return 1
    },
    onError: noErrors,
  })
  const reports = [await runner.trigger(usual), await runner.trigger(usual), await runner.trigger(usual)]
  other.exec('begin immediate')
  for (const { reportId } of reports) {
    let last
    for await (last of runner.watch(reportId));
    expect(last).toMatchObject({
      state: 'complete',
      failure: null,
      progress: { storesDone: 100, storesTotal: 100 },
    })
  }
  expect(setbacks).toBeGreaterThanOrEqual(8)
  other.close()
})

test('the end of a report is written later where it cannot be written down at once', async () => {
  await using folder = await temporaryFolder()
  const databaseUrl = folder.file('a.db')
  await fillDatabase(databaseUrl, 10)
  await using db = await connect(databaseUrl, { patienceMs: 20 })
  const other = new BetterSqlite3(databaseUrl)
  await giveZone(db, 'Mars/Olympus')
  await using reading = await connect(databaseUrl, { readOnly: true })
  const report = await aReport(db)
  const { queue, ended } = queueOn(
    { reading, writing: db },
    {
      // What the job fails with comes after the lock, so that only writing that down meets it.
      tasks: (tasks) => ({
        ...tasks,
        async generateParts(task) {
          other.exec('begin immediate')
          return await tasks.generateParts(task)
        },
      }),
      onSetback: () => other.exec('rollback'),
    },
  )
  queue.add(ended.of(report))
  await ended.promise
  expect(await getReport(db, report.report_id)).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('Mars/Olympus') as string,
  })
  other.close()
})

test('a report goes on when there is space on a disk that was full', async () => {
  await using folder = await temporaryFolder()
  const databaseUrl = folder.file('a.db')
  await fillDatabase(databaseUrl, 2000)
  await using db = await connect(databaseUrl)
  await using reading = await connect(databaseUrl, { readOnly: true })
  const report = await aReport(db)
  const maxPages = (pages: number) => sql`pragma max_page_count = ${sql.lit(pages)}`.execute(db)
  let setbacks = 0
  const { queue, ended } = queueOn(
    { reading, writing: db },
    {
      onSetback: () => {
        setbacks++
        if (setbacks === 3) void maxPages(1_000_000)
      },
    },
  )
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db)
  await maxPages(rows[0]!.page_count)
  queue.add(ended.of(report))
  await ended.promise
  expect(await getReport(db, report.report_id)).toMatchObject({
    state: 'complete',
    stores_done: 2000,
    stores_total: 2000,
  })
  expect(setbacks).toBeGreaterThanOrEqual(3)
})

async function aReport(db: Db): Promise<StoredReport> {
  const { report } = await insertReport(db, {
    reportId: reportId.parse(crypto.randomUUID()),
    options: usual,
    asOf: FIRST_POLL_MS + 86_400_000,
    requestedAtMs: Date.now(),
  })
  return report
}

interface QueueOptions {
  readonly onSetback: () => void
  readonly tasks?: (tasks: WorkerTasks) => WorkerTasks
}

/** A queue of reports whose threads' work is done here, on a connection that the test can make narrow. */
function queueOn(
  { reading, writing }: { reading: Db; writing: Db },
  { onSetback, tasks: changed = (tasks) => tasks }: QueueOptions,
) {
  const tasks = changed(
    createReportTasks({ reading, writing, partSize: () => 500, workers: 1, computedWith, now: Date.now }),
  )
  const queue = createJobQueue<PartStretch, ReportId>({
    maxUnderWay: 2,
    pauseMs: () => {
      onSetback()
      return 1
    },
    onError: noErrors,
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  const watch = createReportWatch(reading)
  const of = (report: StoredReport) =>
    reportJob(report, {
      anew: false,
      writing,
      runTask: async (name, task) => resultOf(await outcomeOf<unknown>(tasks[name](task as never))) as never,
      watch: {
        ...watch,
        tellEnd(reportId) {
          watch.tellEnd(reportId)
          resolve()
        },
      },
      computedWith,
      now: Date.now,
    })
  return { queue, ended: { promise, of } }
}
