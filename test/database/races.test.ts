/** What a database with many writers would do wrong without a lock. Each goes on where it is sure to collide. */
import { describe, expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { mergePollWeeks, readPollWeeks } from '../../server/database/poll-weeks.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { listPendingParts, planParts } from '../../server/database/report-plan.ts'
import { listPartSizes, storeParts } from '../../server/database/report-results.ts'
import { getReport, insertReport } from '../../server/database/reports.ts'
import { changeRules, type RuleChange } from '../../server/database/schedules.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWord } from '../../server/uptime/poll-week.ts'
import { reportId, storeId } from '../../shared/ids.ts'
import { reportOptions } from '../../shared/report.ts'
import { fillDatabase } from '../support/filled-database.ts'
import { testDatabase } from '../support/test-database.ts'

const WRITERS = 8

/** Does something over as many connections at once. */
async function atOnce<Result>(
  url: string,
  act: (db: Db, writer: number) => Promise<Result>,
): Promise<Result[]> {
  const writers = Array.from({ length: WRITERS }, (_, writer) => writer)
  await using parts = new AsyncDisposableStack()
  const connections: Db[] = []
  for (const _ of writers) connections.push(parts.use(await connect(url)))
  return await Promise.all(writers.map((writer) => act(connections[writer]!, writer)))
}

async function aDatabase() {
  const database = await testDatabase()
  await using db = await connect(database.url)
  await migrateToLatest(db)
  return database
}

describe('writers at once', () => {
  test('give each store one key, and no key twice', async () => {
    await using database = await aDatabase()
    const ids = (writer: number) =>
      Array.from({ length: 40 }, (_, i) => `store-${100 + ((i * (writer + 1)) % 60)}`)
    const named = await atOnce(database.url, async (db, writer) => {
      const storeIds = [...new Set(ids(writer))].toSorted().map((id) => storeId.parse(id))
      const keys = await writeAlone(db, 'data', (tx) => keysOfStores(tx, storeIds))
      return storeIds.map((id, i) => [id, keys[i]] as const)
    })
    const keysOfIds = Map.groupBy(named.flat(), ([id]) => id)
    for (const pairs of keysOfIds.values()) expect(new Set(pairs.map(([, key]) => key)).size).toBe(1)
    const keys = new Set(named.flat().map(([, key]) => key))
    expect([...keys].toSorted((a, b) => a! - b!)).toEqual(
      Array.from({ length: keysOfIds.size }, (_, i) => i + 1),
    )
  })

  test('give each schedule one key', async () => {
    await using database = await aDatabase()
    await atOnce(database.url, (db, writer) => {
      const changes = [0, 1, 2].map((day): RuleChange => {
        const rule = [{ day, start: '09:00:00', end: '17:00:00' }]
        return { what: 'hours', versions: [{ validFrom: null, rule }] }
      })
      const stores = changes.map((_, rule) => ({
        storeId: storeId.parse(`s${writer}-${rule}`),
        rule,
        rows: 1,
      }))
      return writeAlone(db, 'data', (tx) => changeRules(tx, changes, stores))
    })
    await using db = await connect(database.url)
    expect(await db.selectFrom('schedule').select('schedule_key').execute()).toHaveLength(3)
  })

  test('lose no poll of each other, and count each once', async () => {
    await using database = await aDatabase()
    await atOnce(database.url, async (db, writer) => {
      for (let minute = 0; minute < 5; minute++) {
        await writeAlone(db, 'data', async (tx) => {
          const [storeKey] = await keysOfStores(tx, [storeId.parse('s')])
          const words = Uint32Array.of(pollWord((writer * 100 + minute) * 60_000, true))
          await mergePollWeeks(tx, [{ week: 0, storeKey: storeKey!, words }])
        })
      }
    })
    await using db = await connect(database.url)
    const [polls] = await readPollWeeks(db, [0], [1])
    expect(polls!.to[0]! - polls!.from[0]!).toBe(WRITERS * 5)
    expect(await databaseSummary(db)).toMatchObject({ stores: 1, polls: WRITERS * 5 })
  })

  test('make one report of the same request', async () => {
    await using database = await aDatabase()
    const requested = await atOnce(database.url, (db) =>
      insertReport(db, {
        reportId: reportId.parse(crypto.randomUUID()),
        options: reportOptions.parse({}),
        asOf: 1,
        requestedAtMs: 1000,
        once: { key: 'nightly', forMs: 1000, untilNews: false },
      }),
    )
    expect(requested.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(new Set(requested.map(({ report }) => report.report_id)).size).toBe(1)
  })

  test('count the stores of each part once, and those that were added since', async () => {
    await using database = await aDatabase()
    await fillDatabase(database.url, 100)
    await using db = await connect(database.url)
    const { report } = await insertReport(db, {
      reportId: reportId.parse(crypto.randomUUID()),
      options: reportOptions.parse({}),
      asOf: 1,
      requestedAtMs: 1000,
    })
    const computedWith = { programVersion: '1.0.0', zoneDataVersion: '2026b' }
    const reportKey = report.report_key
    await planParts(db, { reportKey, computedWith, partSize: () => 10, startedAtMs: 0 })
    const parts = (await listPendingParts(db, reportKey)).map(({ part }) => part)
    const bytes = new Uint8Array(3000)
    const wanted = await atOnce(database.url, async (db) => {
      const ofParts: boolean[] = []
      for (const stretch of [parts.slice(0, 1), parts.slice(0, 4), parts.slice(2, 7), parts.slice(7)]) {
        const results = stretch.map((part) => ({
          part,
          storeCount: part === 3 ? 11 : 10,
          totals: bytes,
          csv: bytes,
        }))
        ofParts.push(await storeParts(db, { reportKey, computedWith }, results))
      }
      return ofParts
    })
    expect(wanted.flat()).toEqual(wanted.flat().map(() => true))
    expect(await getReport(db, report.report_id)).toMatchObject({ stores_done: 101, stores_total: 101 })
    expect((await listPartSizes(db, reportKey)).map(({ storeCount }) => storeCount)).toEqual(
      parts.map((part) => (part === 3 ? 11 : 10)),
    )
  })
})
