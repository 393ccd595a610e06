/** What a database with many writers would do wrong without a lock. Each goes on where it is sure to collide. */
import { describe, expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { deleteRequestedPolls } from '../../server/database/poll-deletions.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { listPendingParts, planParts } from '../../server/database/report-plan.ts'
import { listDoneParts, storeParts } from '../../server/database/report-results.ts'
import { getReport, insertReport } from '../../server/database/reports.ts'
import { changeRules, type RuleChange } from '../../server/database/schedules.ts'
import { deleteStore } from '../../server/database/store-deletions.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWord } from '../../server/uptime/poll-week.ts'
import { deletePollsInput, deleteStoreInput } from '../../shared/deletion.ts'
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
          await addPolls(tx, [{ week: 0, storeKey: storeKey!, words }])
        })
      }
    })
    await using db = await connect(database.url)
    const [polls] = await readPollWeeks(db, [0], [1])
    expect(polls!.to[0]! - polls!.from[0]!).toBe(WRITERS * 5)
    expect(await databaseSummary(db)).toMatchObject({ stores: 1, polls: WRITERS * 5 })
  })

  test('delete the same polls once, and the same store once, and say so to the others', async () => {
    await using database = await aDatabase()
    await fillDatabase(database.url, 20)
    const all = {
      all: true,
      from: '2023-01-17T00:00Z',
      to: '2023-01-18T00:00Z',
      reason: 'test',
      confirm: 480,
    }
    const ofPolls = await atOnce(database.url, (db, writer) =>
      writeAlone(db, 'data', (tx) => deleteRequestedPolls(tx, deletePollsInput.parse(all), writer)).catch(
        (error: unknown) => error,
      ),
    )
    const ofStore = await atOnce(database.url, (db, writer) =>
      writeAlone(db, 'data', (tx) =>
        deleteStore(
          tx,
          deleteStoreInput.parse({ storeId: 'store-000007', reason: 'test', confirm: 76 }),
          writer,
        ),
      ).catch((error: unknown) => error),
    )
    const [doneOfPolls, doneOfStore] = [ofPolls, ofStore].map((answers) =>
      answers.filter((answer) => !(answer instanceof Error)),
    )
    expect(doneOfPolls).toMatchObject([{ polls: 480 }])
    expect(doneOfStore).toMatchObject([{ polls: 76 }])
    expect(ofPolls.filter((answer) => !doneOfPolls!.includes(answer))).toEqual(
      Array.from({ length: WRITERS - 1 }, () => expect.objectContaining({ code: 'conflict' }) as unknown),
    )
    expect(ofStore.filter((answer) => !doneOfStore!.includes(answer))).toEqual(
      Array.from({ length: WRITERS - 1 }, () => expect.objectContaining({ code: 'not-found' }) as unknown),
    )
    await using db = await connect(database.url)
    expect(await databaseSummary(db)).toMatchObject({ stores: 19, polls: 2000 - 480 - 76 })
    expect(await db.selectFrom('change').select('kind').execute()).toEqual([
      { kind: 'polls-deleted' },
      { kind: 'store-deleted' },
    ])
  })

  test('give no store the key of one that is deleted meanwhile, and count what is left', async () => {
    await using database = await aDatabase()
    await atOnce(database.url, async (db, writer) => {
      const id = storeId.parse(`s${writer % 3}`)
      for (let turn = 0; turn < 4; turn++) {
        await writeAlone(db, 'data', async (tx) => {
          const [storeKey] = await keysOfStores(tx, [id])
          const words = Uint32Array.of(pollWord((writer * 100 + turn) * 60_000, true))
          await addPolls(tx, [{ week: 0, storeKey: storeKey!, words }])
        })
        await writeAlone(db, 'data', async (tx) => {
          const [storeKey] = await keysOfStores(tx, [id])
          const [polls] = await readPollWeeks(tx, [0], [storeKey!])
          const place = polls!.storeKeys.indexOf(storeKey!)
          const confirm = place < 0 ? 0 : polls!.to[place]! - polls!.from[place]!
          await deleteStore(tx, deleteStoreInput.parse({ storeId: id, reason: 'test', confirm }), turn)
        })
      }
    })
    await using db = await connect(database.url)
    const keys = await db.selectFrom('deleted_store').select('store_key').orderBy('store_key').execute()
    expect(keys).toEqual(keys.map((_, i) => ({ store_key: i + 1 })))
    expect(await databaseSummary(db)).toEqual({ stores: 0, polls: 0, latestPollAt: undefined })
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
    expect((await listDoneParts(db, reportKey)).map(({ storeCount }) => storeCount)).toEqual(
      parts.map((part) => (part === 3 ? 11 : 10)),
    )
  })
})
