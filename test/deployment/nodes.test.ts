/** Several servers on one PostgreSQL, each a process of its own. */
import { createStoreMonitorClient } from '../../client/index.ts'
import { describe, expect, test } from 'vitest'
import { startCli } from '../support/run-cli.ts'
import { databaseType, filledDatabase, testDatabase } from '../support/test-database.ts'
import { completedCsv, triggerReport, untilUnderWay } from './serving.ts'

async function aNode(database: string, role: 'web' | 'worker' | 'all') {
  const cli = startCli(['serve', '--port', '0', '--database', database, '--workers', '1', '--role', role])
  const [, url = ''] = await cli.said(/listening on (\S+)/)
  return { ...cli, url, [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose]() }
}

describe.runIf(databaseType === 'postgres')('several servers on a database', () => {
  test('share the work: who answers does not compute, and one of those who do may be killed at any time', async () => {
    await using database = await filledDatabase(20_000)
    await using web = await aNode(database.url, 'web')
    await using alone = await aNode(database.url, 'worker')
    const expected = await completedCsv(web.url, await triggerReport(web.url))

    const refused = await fetch(`${alone.url}/trigger_report`, { method: 'POST' })
    expect(refused.status).toBe(503)
    expect(await refused.text()).toContain('ask one with the role web or all')
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(alone.url + path)).status).toBe(200)

    await using other = await aNode(database.url, 'worker')
    const reportId = await triggerReport(web.url)
    await untilUnderWay(web.url, reportId)
    alone.kill('SIGKILL')
    expect(await completedCsv(web.url, reportId)).toBe(expected)
    other.kill('SIGKILL')
  })

  test('tell their clients what happened on another: of reports, stores and data', async () => {
    await using database = await testDatabase()
    await using one = await aNode(database.url, 'all')
    await using other = await aNode(database.url, 'all')
    const at = (minute: number) => new Date(Date.UTC(2026, 9, 5, 12, minute)).toISOString()
    const push = (status: 'active' | 'inactive', minute: number) =>
      createStoreMonitorClient({ url: one.url }).polls.push([
        { storeId: 'a', status, timestampUtc: at(minute) },
      ])
    await push('active', 0)
    const told: string[] = []
    for await (const { changes } of createStoreMonitorClient({ url: other.url }).watchStores()) {
      told.push(...changes.map(({ storeId, to }) => `${storeId} ${to}`))
      if (told.length === 0) await push('inactive', 10)
      else break
    }
    expect(told).toEqual(['a down'])
  })
})
