/** Several processes on one database, where that can be: each is here a runner with connections of its own. */
import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { listenOn } from '../../server/database/announced.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { createReportRunner, type ReportRunner } from '../../server/reports/runner.ts'
import { reportOptions, type Report } from '../../shared/report.ts'
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
  let last
  for await (last of runner.watch(reportId));
  return last!
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

describe.runIf(databaseType === 'postgres')('processes on a database', () => {
  test('share a report: each does other parts, and the bytes are those of one', async () => {
    await using database = await filledDatabase(3000)
    await using one = await aNode(database.url)
    const stored = await noteWhoStores(one.db)
    await endOf(one, await one.runner.trigger(usual))
    const alone = await bytesOf(one.db)
    await one.db.deleteFrom('report').execute()
    await sql`truncate stored`.execute(one.db)
    await using other = await aNode(database.url)
    const report = await one.runner.trigger(usual)
    expect(await endOf(other, report)).toMatchObject({
      state: 'complete',
      progress: { storesDone: 3000, storesTotal: 3000 },
    })
    expect(await bytesOf(one.db)).toBe(alone)
    const parts = await stored()
    expect(parts.map(({ part }) => part)).toEqual(Array.from({ length: 188 }, (_, part) => part))
    expect(new Set(parts.map(({ process }) => process)).size).toBeGreaterThan(1)
  })

  test('end what one of them began that stops', async () => {
    await using database = await filledDatabase(1000)
    await using one = await aNode(database.url)
    await using other = await aNode(database.url)
    const report = await one.runner.trigger(usual)
    one.runner.stop()
    expect(await endOf(other, report)).toMatchObject({ state: 'complete', progress: { storesDone: 1000 } })
  })

  test.each(['dies', 'is frozen'])('leave parts to who is at them, and take them when it %s', async (how) => {
    await using database = await filledDatabase(400)
    await using one = await aNode(database.url)
    await using gone = await connect(database.url)
    const report = await one.runner.trigger(usual)
    const { promise: hasParts, resolve } = Promise.withResolvers<number>()
    const end = Promise.withResolvers<void>()
    const atParts = gone.transaction().execute(async (tx) => {
      const lock = () =>
        tx
          .selectFrom('report_part')
          .select('store_count')
          .where('part', '>', 20)
          .where('csv', 'is', null)
          .forUpdate()
          .skipLocked()
          .execute()
      await expect.poll(async () => (await lock()).length, { interval: 1 }).toBeGreaterThan(0)
      resolve((await lock()).reduce((sum, part) => sum + part.store_count, 0))
      await end.promise
      await lock()
    })
    const ended = atParts.catch((error: unknown) => error)
    const stores = 400 - (await hasParts)
    const seen: number[] = []
    for await (const { progress } of one.runner.watch(report.reportId)) {
      seen.push(progress.storesDone)
      if (progress.storesDone === stores && how === 'dies') end.reject(new Error('it is gone'))
    }
    expect(seen).toContain(stores)
    expect(seen.at(-1)).toBe(400)
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
