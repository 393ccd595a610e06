/** Several processes on one database, where that can be: each is here a runner with connections of its own. */
import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { listenOn } from '../../server/database/announced.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { dialectOf } from '../../server/database/dialect/dialect.ts'
import { planParts } from '../../server/database/report-plan.ts'
import { insertReport, reportOf } from '../../server/database/reports.ts'
import { createReportRunner, type ReportRunner } from '../../server/reports/runner.ts'
import { reportId } from '../../shared/ids.ts'
import { isFinished } from '../../shared/report-state.ts'
import { reportOptions, type Report } from '../../shared/report.ts'
import { FIRST_POLL_MS } from '../support/filled-database.ts'
import { databaseType, filledDatabase } from '../support/test-database.ts'

const computedWith = { programVersion: '1.0.0', zoneDataVersion: '2026b' }
const usual = reportOptions.parse({})
/** So seldom that whoever does something heard of it. */
const seldom = { everyMs: 3_600_000, stuckAfterMs: 3_600_000 }

interface Node extends AsyncDisposable {
  readonly db: Db
  readonly runner: ReportRunner
}

async function aNode(databaseUrl: string, version = computedWith): Promise<Node> {
  await using parts = new AsyncDisposableStack()
  const db = parts.use(await connect(databaseUrl))
  const runner = parts.use(
    createReportRunner({
      reading: db,
      writing: db,
      databaseUrl,
      workers: 1,
      storesPerPart: 16,
      startThreads: 'at once',
      lookTimes: seldom,
      computedWith: version,
      now: Date.now,
      onError: (error) => expect.unreachable(String(error)),
    }),
  )
  await runner.resumeUnfinished()
  const { promise: isListening, resolve } = Promise.withResolvers<void>()
  parts.use(
    listenOn(db, databaseUrl, (announced) => {
      if (announced.type === 'perhaps') resolve()
      runner.hear(announced)
    }),
  )
  await isListening
  const owned = parts.move()
  return { db, runner, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function endOf({ runner }: Node, { reportId }: Report): Promise<Report> {
  for await (const report of runner.watch(reportId)) if (isFinished(report.state)) return report
  throw new Error(`report ${reportId} did not end`)
}

async function bytesOf(db: Db): Promise<string> {
  const parts = await db.selectFrom('report_part').select(['csv', 'totals']).orderBy('part').execute()
  return parts.map(({ csv, totals }) => Buffer.concat([csv!, totals!]).toString('hex')).join()
}

/** Has the database note by whom each part of a report is stored: a row for each time. */
async function noteWhoStores(db: Db): Promise<() => Promise<{ part: number; process: number }[]>> {
  await sql`create table stored (part int, process int)`.execute(db)
  await sql`create function note_stored() returns trigger language plpgsql as
    $$ begin insert into stored values (new.part, pg_backend_pid()); return null; end $$`.execute(db)
  await sql`create trigger note_stored after update of csv on report_part
    for each row execute function note_stored()`.execute(db)
  return async () =>
    (await sql<{ part: number; process: number }>`select part, process from stored order by part`.execute(db))
      .rows
}

async function aPlannedReport(db: Db): Promise<Report> {
  const { report } = await insertReport(db, {
    reportId: reportId.parse(crypto.randomUUID()),
    options: usual,
    asOf: FIRST_POLL_MS,
    requestedAtMs: 0,
  })
  const { report_key: reportKey } = report
  await planParts(db, { reportKey, computedWith, partSize: () => 16, startedAtMs: 0 })
  return reportOf(report)
}

describe.runIf(databaseType === 'postgres')('processes on a database', () => {
  test('end what another began that stops: each part is done once, and the bytes are those of one', async () => {
    await using database = await filledDatabase(3000)
    await using one = await aNode(database.url)
    const stored = await noteWhoStores(one.db)
    await endOf(one, await one.runner.trigger(usual))
    const alone = await bytesOf(one.db)
    await one.db.deleteFrom('report').execute()
    await sql`truncate stored`.execute(one.db)

    const report = await one.runner.trigger(usual)
    for await (const { progress } of one.runner.watch(report.reportId)) if (progress.storesDone > 0) break
    one.runner.stop()
    await using other = await aNode(database.url)
    expect(await endOf(other, report)).toMatchObject({
      state: 'complete',
      progress: { storesDone: 3000, storesTotal: 3000 },
    })
    expect(await bytesOf(one.db)).toBe(alone)
    const parts = await stored()
    expect(parts.map(({ part }) => part)).toEqual(Array.from({ length: 188 }, (_, part) => part))
    expect(new Set(parts.map(({ process }) => process)).size).toBe(2)
  })

  test('begin at once what another is asked for', async () => {
    await using database = await filledDatabase(100)
    await using one = await aNode(database.url)
    await using other = await aNode(database.url)
    other.runner.stop()
    expect(await endOf(other, await other.runner.trigger(usual))).toMatchObject({ state: 'complete' })
    expect(one.runner.load().waiting).toBe(0)
  })

  test.each(['dies', 'is frozen'])('leave parts to who is at them, and take them when it %s', async (how) => {
    await using database = await filledDatabase(400)
    await using gone = await connect(database.url)
    const report = await aPlannedReport(gone)
    const isAtThem = Promise.withResolvers<void>()
    const end = Promise.withResolvers<void>()
    const ended = gone
      .transaction()
      .execute(async (tx) => {
        await tx.selectFrom('report_part').select('part').where('part', '>=', 20).forUpdate().execute()
        // It is to be there until it is told to die, however long that takes.
        if (how === 'dies') await dialectOf(tx).allowIdle(tx, 0)
        isAtThem.resolve()
        await end.promise
        await sql`select 1`.execute(tx)
      })
      .catch((error: unknown) => error)
    await isAtThem.promise
    await using one = await aNode(database.url)
    const seen: number[] = []
    for await (const { progress } of one.runner.watch(report.reportId)) {
      seen.push(progress.storesDone)
      if (progress.storesDone === 320 && how === 'dies') end.reject(new Error('it is gone'))
    }
    expect(seen.slice(-1)).toEqual([400])
    expect(seen).toContain(320)
    end.resolve()
    expect(await ended).toMatchObject(how === 'dies' ? { message: 'it is gone' } : { code: 'unavailable' })
  })

  test('of two versions leave a report to the one that began it, while it comes further', async () => {
    await using database = await filledDatabase(1000)
    await using one = await aNode(database.url)
    await using newer = await aNode(database.url, { ...computedWith, programVersion: '2.0.0' })
    const stored = await noteWhoStores(one.db)
    const report = await one.runner.trigger(usual)
    expect(await endOf(newer, report)).toMatchObject({ state: 'complete' })
    const parts = await stored()
    expect(parts.map(({ part }) => part)).toEqual(Array.from({ length: 63 }, (_, part) => part))
    expect(new Set(parts.map(({ process }) => process)).size).toBe(1)
  })
})
