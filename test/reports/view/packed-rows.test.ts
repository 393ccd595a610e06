import { expect, test } from 'vitest'
import { connect, type Db } from '../../../server/database/connect.ts'
import { getReport } from '../../../server/database/reports.ts'
import { createStates, statesOfStores } from '../../../server/reports/states.ts'
import { createTotals, storeKeyAt, totalsOfStores } from '../../../server/reports/totals.ts'
import { createReadRows } from '../../../server/reports/view/packed-rows.ts'
import { readReportParts, readViewedParts } from '../../../server/reports/view/viewed-parts.ts'
import { bytesOfWords, type Words } from '../../../server/uptime/words.ts'
import { testDatabase } from '../../support/test-database.ts'
import { storedReport } from '../../support/stored-report.ts'

const sizes = [700, 1, 1999, 300]
const stores = 3000
/** Each word of them is another one. */
const totals = createTotals(stores).map((_, i) => i * 3)
const states = createStates(stores).map((_, i) => i * 5)

async function storeParts(db: Db, reportKey: number): Promise<void> {
  let first = 0
  for (const [part, storeCount] of sizes.entries()) {
    const next = first + storeCount
    await db
      .insertInto('report_part')
      .values({
        report_key: reportKey,
        part,
        first_store_id: String(first) as never,
        store_count: storeCount,
        totals: bytesOfWords(totalsOfStores(totals, first, next)),
        states: bytesOfWords(statesOfStores(states, first, next)),
        csv: new Uint8Array(0),
        csv_bytes: 0,
      })
      .execute()
    first = next
  }
}

async function storedParts(url: string, db: Db) {
  const { report_key: reportKey } = await getReport(db, await storedReport(url, { state: 'complete' }))
  await storeParts(db, reportKey)
  return readReportParts(db, reportKey)
}

test('rows are those at their places, whatever parts these are in, one page after the other and back', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  const report = await storedParts(database.url, db)
  const readRows = createReadRows(db)
  const places = Uint32Array.from({ length: stores }, (_, i) => (i * 1009) % stores)

  async function expectRows(of: Words, from: number, to: number): Promise<void> {
    const found = await readRows(report, { places: of, from, to })
    expect(found.to - found.from).toBe(to - from)
    for (let row = 0; row < to - from; row++) {
      const [at, place] = [found.from + row, of[from + row]!]
      const expected = [totalsOfStores(totals, place, place + 1), statesOfStores(states, place, place + 1)]
      const { rows } = found
      expect([totalsOfStores(rows.totals, at, at + 1), statesOfStores(rows.states!, at, at + 1)]).toEqual(
        expected,
      )
    }
  }

  await expectRows(places, 0, 100)
  await expectRows(places, 100, 150)
  await expectRows(places, 0, 2048) // so many that all others are read with them
  await expectRows(places, 2048, stores)
  await expectRows(places, 40, 60)
  await expectRows(places.toReversed(), 40, 60)
  await expectRows(places, stores, stores)
})

test('parts are told where their stores are, in order', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  const report = await storedParts(database.url, db)
  const keys: number[] = []
  for await (const { place, totals } of readViewedParts(db, report, { withStates: false })) {
    expect(place.first).toBe(keys.length)
    for (let store = 0; store < place.storeCount; store++) keys.push(storeKeyAt(totals, store))
  }
  expect(keys).toEqual(Array.from({ length: stores }, (_, place) => storeKeyAt(totals, place)))
})
