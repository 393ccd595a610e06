import { describe, expect, test } from 'vitest'
import { reportFile } from '../../server/api/rest/report-file.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { readStoreRules } from '../../server/database/report-input.ts'
import { listPendingParts, planParts } from '../../server/database/report-plan.ts'
import { listDoneParts, readPart, storeParts } from '../../server/database/report-results.ts'
import { finishReport, getReport, insertReport } from '../../server/database/reports.ts'
import { deleteStore } from '../../server/database/store-deletions.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { deleteStoreInput } from '../../shared/deletion.ts'
import { reportId } from '../../shared/ids.ts'
import { reportOptions } from '../../shared/report.ts'
import { fillDatabase } from '../support/filled-database.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'

const older = { programVersion: '1.0.0', zoneDataVersion: '2026a' }
const newer = { programVersion: '1.0.0', zoneDataVersion: '2026b' }
const result = { part: 0, storeCount: 5, totals: Uint8Array.of(1, 2, 3, 4), csv: Uint8Array.of(5, 6, 7) }

async function aReport(databaseUrl: string) {
  await fillDatabase(databaseUrl, 10)
  const db = await connect(databaseUrl)
  const { report_key: reportKey, report_id } = await queuedReport(db)
  await planParts(db, { reportKey, computedWith: older, partSize: () => 5, startedAtMs: 2 })
  return {
    db,
    reportKey,
    stored: () => getReport(db, report_id),
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}

async function queuedReport(db: Db) {
  const { report } = await insertReport(db, {
    reportId: reportId.parse(crypto.randomUUID()),
    options: reportOptions.parse({}),
    asOf: 1,
    requestedAtMs: 1,
  })
  return report
}

/** Changes a bit of what is stored of the first part. */
async function damage(db: Db, what: 'csv' | 'totals'): Promise<void> {
  const { bytes } = await db
    .selectFrom('report_part')
    .select(`${what} as bytes`)
    .where('part', '=', 0)
    .executeTakeFirstOrThrow()
  const damaged = Buffer.from(bytes!)
  damaged[1]! ^= 1
  await db
    .updateTable('report_part')
    .set({ [what]: damaged })
    .where('part', '=', 0)
    .execute()
}

test('a report that is planned while stores come counts each of its parts for what it has', async () => {
  await using database = await testDatabase()
  await using on = await aReport(database.url)
  let isFirst = true
  const db = on.db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (isFirst) await fillDatabase(database.url, 16)
      isFirst = false
      return result
    },
  })
  const { report_key: reportKey, report_id } = await queuedReport(on.db)
  const partSize = (storeCount: number) => (storeCount === Infinity ? 100 : 5)
  await planParts(db, { reportKey, computedWith: older, partSize, startedAtMs: 2 })
  const parts = on.db.selectFrom('report_part').select('store_count').where('report_key', '=', reportKey)
  expect(await parts.orderBy('part').execute()).toEqual([5, 5, 5, 1].map((store_count) => ({ store_count })))
  expect(await getReport(on.db, report_id)).toMatchObject({ stores_done: 0, stores_total: 16 })
})

test('a report whose stores are deleted while it is computed has those that are left, and is complete', async () => {
  await using database = await testDatabase()
  await using on = await aReport(database.url)
  const planned = { reportKey: on.reportKey, computedWith: older }
  await storeParts(on.db, planned, [result])
  for (const id of ['store-000006', 'store-000009']) {
    const request = deleteStoreInput.parse({ storeId: id, reason: 'closed', confirm: 100 })
    await writeAlone(on.db, 'data', (tx) => deleteStore(tx, request, 3))
  }
  const [last] = await listPendingParts(on.db, on.reportKey)
  const left = await readStoreRules(on.db, last!)
  expect(left.map(({ storeId }) => storeId)).toEqual(['store-000007', 'store-000008', 'store-000010'])
  await storeParts(on.db, planned, [{ ...result, part: last!.part, storeCount: left.length }])
  await finishReport(on.db, on.reportKey, { state: 'complete', finishedAtMs: 4 })
  expect(await on.stored()).toMatchObject({ state: 'complete', stores_done: 8, stores_total: 8 })
})

test.each([
  ['json', '[\n]\n'],
  ['ndjson', ''],
] as const)(
  'a report whose stores are all deleted while it is computed is whole as %s',
  async (format, text) => {
    await using database = await testDatabase()
    await using on = await aReport(database.url)
    const nothing = { storeCount: 0, totals: new Uint8Array(), csv: new Uint8Array() }
    const planned = { reportKey: on.reportKey, computedWith: older }
    await storeParts(
      on.db,
      planned,
      [0, 1].map((part) => ({ ...nothing, part })),
    )
    await finishReport(on.db, on.reportKey, { state: 'complete', finishedAtMs: 4 })
    const file = await reportFile(on.db, await on.stored(), { format, columns: 'default' })
    expect(Buffer.concat(await Array.fromAsync(file.bytes())).toString()).toBe(text)
  },
)

describe('a part of a report', () => {
  test.each(['csv', 'totals'] as const)('whose %s were damaged where they lie is not read', async (what) => {
    await using database = await testDatabase()
    await using on = await aReport(database.url)
    await storeParts(on.db, { reportKey: on.reportKey, computedWith: older }, [result])
    expect(new Uint8Array(await readPart(on.db, on.reportKey, 0, what))).toEqual(result[what])
    await damage(on.db, what)
    await expect(readPart(on.db, on.reportKey, 0, what)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('part 0 of report 1 is not as it was stored') as string,
    })
    await on.db.updateTable('report_part').set({ csv_crc32: null, totals_crc32: null }).execute()
    await expect(readPart(on.db, on.reportKey, 0, what)).resolves.toHaveLength(result[what].length)
  })

  test('is not stored where the report has ended', async () => {
    await using database = await testDatabase()
    await using on = await aReport(database.url)
    await finishReport(on.db, on.reportKey, { state: 'failed', finishedAtMs: 3, computedWith: older })
    const planned = { reportKey: on.reportKey, computedWith: older }
    expect(await storeParts(on.db, planned, [result])).toBe(false)
    expect(await listDoneParts(on.db, on.reportKey)).toEqual([])
    expect(await on.stored()).toMatchObject({ stores_done: 0, state: 'failed' })
  })

  test('that is still to be done keeps its report from being complete', async () => {
    await using database = await testDatabase()
    await using on = await aReport(database.url)
    await finishReport(on.db, on.reportKey, { state: 'complete', finishedAtMs: 3, computedWith: older })
    expect(await on.stored()).toMatchObject({ state: 'running', finished_at: null })
    const parts = await listPendingParts(on.db, on.reportKey)
    await storeParts(
      on.db,
      { reportKey: on.reportKey, computedWith: older },
      parts.map(({ part }) => ({ ...result, part })),
    )
    await finishReport(on.db, on.reportKey, { state: 'complete', finishedAtMs: 3, computedWith: older })
    expect(await on.stored()).toMatchObject({ state: 'complete', finished_at: 3 })
  })
})

test('a report that another version goes on with begins anew, and the older one has no more say in it', async () => {
  await using database = await testDatabase()
  await using on = await aReport(database.url)
  const { db, reportKey } = on
  await storeParts(db, { reportKey, computedWith: older }, [result])
  await planParts(db, { reportKey, computedWith: older, partSize: () => 5, startedAtMs: 3 })
  expect(await listPendingParts(db, reportKey)).toHaveLength(1)

  await planParts(db, { reportKey, computedWith: newer, partSize: () => 5, startedAtMs: 4 })
  expect(await listPendingParts(db, reportKey)).toHaveLength(2)
  expect(await on.stored()).toMatchObject({
    state: 'running',
    stores_done: 0,
    stores_total: 10,
    zone_data_version: '2026b',
  })

  expect(await storeParts(db, { reportKey, computedWith: older }, [{ ...result, part: 1 }])).toBe(false)
  for (const state of ['complete', 'failed'] as const) {
    await finishReport(db, reportKey, { state, finishedAtMs: 5, computedWith: older })
  }
  expect(await listPendingParts(db, reportKey)).toHaveLength(2)
  expect(await on.stored()).toMatchObject({ state: 'running', stores_done: 0 })
})

test('a damaged report is refused through every door, in words, instead of being told wrong', async () => {
  await using server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2023-01-24 09:00:00 UTC\n')
  const { report_id: id } = await finishedReport(server.url)
  await using db = await connect(server.databaseUrl)
  await damage(db, 'csv')
  await damage(db, 'totals')
  const file = await fetch(`${server.url}/reports/${String(id)}.csv`)
  expect([file.status, await file.json()]).toEqual([
    500,
    expect.objectContaining({ detail: expect.stringContaining('the database is damaged') as string }),
  ])
  for (const sortBy of ['storeId', 'uptimeLastDayMs']) {
    const input = encodeURIComponent(JSON.stringify({ reportId: id, sortBy }))
    const response = await fetch(`${server.url}/trpc/report.rows?input=${input}`)
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({
      error: {
        message: expect.stringContaining('the database is damaged') as string,
        data: { appErrorCode: 'damaged' },
      },
    })
  }
})
