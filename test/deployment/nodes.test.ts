/** Several servers on one PostgreSQL, each a process of its own. */
import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { jsonLines, runCli, startCli } from '../support/run-cli.ts'
import { databaseType, filledDatabase } from '../support/test-database.ts'
import { completedCsv, triggerReport, untilUnderWay } from './serving.ts'

async function aServer(database: string, role: 'web' | 'worker' | 'all') {
  const cli = startCli(['serve', '--port', '0', '--database', database, '--workers', '1', '--role', role])
  const [, url = ''] = await cli.said(/listening on (\S+)/)
  return { ...cli, url, [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose]() }
}

/** Who goes down by what one server is sent, told by another. */
async function toldOf(other: string, server: string): Promise<string[]> {
  let minute = 0
  const push = () =>
    createStoreMonitorClient({ url: server }).polls.push([
      {
        storeId: 'new',
        status: minute % 2 === 0 ? 'active' : 'inactive',
        timestampUtc: new Date(Date.UTC(2026, 9, 5, 12, minute++)).toISOString(),
      },
    ])
  await push()
  for await (const { changes } of createStoreMonitorClient({ url: other }).watchStores()) {
    if (changes.length > 0) return changes.map(({ storeId, to }) => `${storeId} ${to}`)
    await push() // first it is told how far it is, and perhaps that all others are unknown by now
  }
  return []
}

describe.runIf(databaseType === 'postgres')('several servers on a database', () => {
  test('share the work, tell of each other, and any that computes may be killed', async () => {
    await using database = await filledDatabase(10_000)
    await using web = await aServer(database.url, 'web')
    await using worker = await aServer(database.url, 'worker')
    const expected = await completedCsv(web.url, await triggerReport(web.url))

    const refused = await fetch(`${worker.url}/trigger_report`, { method: 'POST' })
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('role web or all')])
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(worker.url + path)).status).toBe(200)

    await using other = await aServer(database.url, 'all')
    const { stdout } = await runCli(['doctor', '--json', '--database', database.url])
    expect(jsonLines(stdout)).toContainEqual(
      expect.objectContaining({
        check: 'servers',
        what: expect.stringMatching(/^3 at work on it: 127\.0\.0\.1; of version \d+\.\d+\.\d+/) as string,
      }),
    )
    const reportId = await triggerReport(web.url)
    await untilUnderWay(other.url, reportId)
    worker.kill('SIGKILL')
    expect(await completedCsv(other.url, reportId)).toBe(expected)
    expect(await toldOf(other.url, web.url)).toEqual([expect.stringMatching(/^new (?:up|down)$/)])
  })
})

test.runIf(databaseType === 'sqlite')('a server on SQLite does everything', async () => {
  const { exitCode, stderr } = await runCli(['serve', '--role', 'web', '--database', 'a.db'])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('leave --role (STORE_MONITOR_ROLE) out')])
})
