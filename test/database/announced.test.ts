import { expect, test, vi } from 'vitest'
import { listenOn, type Announced } from '../../server/database/announced.ts'
import { connect } from '../../server/database/connect.ts'
import { getReport, finishReport } from '../../server/database/reports.ts'
import { storedReport } from '../support/stored-report.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

test.runIf(databaseType === 'postgres')(
  'what becomes of a report is announced to all, with how far it is',
  async () => {
    await using database = await testDatabase()
    await using db = await connect(database.url)
    const heard: Announced[] = []
    await using _ = listenOn(db, database.url, (announced) => heard.push(announced))
    await vi.waitFor(() => expect(heard).toEqual([{ type: 'perhaps' }]))
    const reportId = await storedReport(database.url)
    const { report_key: key } = await getReport(db, reportId)
    await finishReport(db, key, { state: 'cancelled', finishedAtMs: 1 })
    await vi.waitFor(() => expect(heard).toHaveLength(4))
    expect(heard.slice(1)).toEqual([
      { type: 'new-report', reportId },
      { type: 'report', reportId, state: 'running' },
      { type: 'report', reportId, state: 'cancelled' },
    ])
  },
)

test.runIf(databaseType === 'sqlite')('nothing is announced where one process has the database', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  expect(listenOn(db, database.url, () => {})).toBeUndefined()
})
