/** Servers of the version before the newest migration, and of this one, on one database at once. */
import { describe, expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { pollFile } from '../support/import-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { databaseType, emptyDatabase } from '../support/test-database.ts'
import { completedCsv, serving, triggerReport } from './serving.ts'
import { versionBefore } from './version-before.ts'

const stores = Array.from({ length: 300 }, (_, i) => `s${i}`)

/** Polls of each store in an hour. */
function pollsOf(hour: number): string {
  const at = new Date(Date.UTC(2026, 9, 5, hour)).toISOString()
  return pollFile(
    stores.map((store, i) => [store, (i + hour) % 3 === 0 ? 'inactive' : 'active', at] as const),
  )
}

async function sent(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', body })
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
}

describe.runIf(databaseType === 'postgres')('servers that are replaced one after the other', () => {
  test('work beside those of the version before', async (context) => {
    await using folder = await temporaryFolder()
    const before = versionBefore(folder)
    if (before === undefined) context.skip('the version before is not in the history of this clone')
    await using database = await emptyDatabase()
    await using older = await serving(database.url, '0', { launcher: before!.launcher })
    await sent(`${older.url}/imports?source=first.csv`, pollsOf(0))
    const first = await completedCsv(older.url, await triggerReport(older.url))

    await using newer = await serving(database.url)
    {
      await using db = await connect(database.url, { readOnly: true })
      const applied = await db
        .selectFrom('schema_compatibility' as never)
        .select('migration' as never)
        .execute()
      expect(applied).toContainEqual({ migration: before!.migration })
    }
    expect(await completedCsv(newer.url, await triggerReport(newer.url))).toBe(first)
    await sent(`${older.url}/polls`, pollsOf(1))
    await sent(`${newer.url}/polls`, pollsOf(2))
    await sent(`${older.url}/imports?source=third.csv`, pollsOf(3))
    for (const { url } of [older, newer]) expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const ofOlder = await triggerReport(older.url)
    const ofNewer = await triggerReport(newer.url)
    const csvs = await Promise.all([
      completedCsv(newer.url, ofOlder),
      completedCsv(older.url, ofNewer),
      completedCsv(older.url, ofOlder),
    ])
    expect(new Set(csvs).size).toBe(1)
    expect(csvs[0].split('\n')).toHaveLength(stores.length + 2)

    older.kill('SIGTERM')
    expect((await older.finished).exitCode).toBe(0)
    expect(await completedCsv(newer.url, await triggerReport(newer.url))).toBe(csvs[0])
  })
})
