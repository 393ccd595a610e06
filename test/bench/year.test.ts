import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { importPaths } from '../../server/ingest/importing/import-here.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { END_MS, populationOf, writeData } from './data.ts'
import { addEarlierWeeks } from './year.ts'

test('weeks that are added are before those that were imported, which stay as they are', async () => {
  await using folder = await temporaryFolder()
  const options = { stores: 40, seed: 1 }
  await writeData(folder.file('data'), options)
  const db = await connect(folder.file('store-monitor.db'))
  await migrateToLatest(db)
  await importPaths(() => Promise.resolve(db), [folder.file('data')], { now: () => END_MS })
  const summary = () => db.selectFrom('poll_week_summary').selectAll().orderBy('week', 'desc').execute()
  const before = await summary()
  await addEarlierWeeks(folder.file('store-monitor.db'), populationOf(options), { seed: 1, weeks: 3 })
  const after = await summary()
  await db.destroy()
  expect(after[0]).toEqual(before[0])
  // The first week that was imported began on a Tuesday, and is filled up.
  expect(after.map(({ week }) => week)).toEqual([0, 1, 2, 3].map((ago) => before[0]!.week - ago))
  expect(after.slice(1).every(({ poll_count }) => poll_count > options.stores * 100)).toBe(true)
})
