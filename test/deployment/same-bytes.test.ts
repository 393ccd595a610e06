/** A report has the same bytes whatever database it is computed from, and on however many servers. */
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { fillDatabase } from '../support/filled-database.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { databaseType, filledDatabase } from '../support/test-database.ts'
import { createStoreMonitorClient } from '../../client/index.ts'
import { serving, untilUnderWay, type ServingProcess } from './serving.ts'

const STORES = 4000
/** How far the database is, each way: so long that all servers have heard of a report before one has done it. */
const AWAY_MS = 5

const asked = [{}, { by: 'day', from: '2023-01-16', to: '2023-01-20' }] as const
const formats = ['csv', 'ndjson'] as const

/** The files of all reports, one after the other; some servers may be killed while each is computed. */
async function filesOf([first, ...others]: readonly ServingProcess[], kills = 0): Promise<string[]> {
  const client = createStoreMonitorClient({ url: first!.url })
  const files: string[] = []
  for (const options of asked) {
    const { reportId } = await client.report.trigger.mutate(options)
    // On a busy machine it may be over before it is seen to be under way.
    if (kills > 0) await untilUnderWay(first!.url, reportId).catch(() => undefined)
    for (const server of others.splice(0, kills)) server.kill('SIGKILL')
    for await (const { state } of client.watchReport(reportId)) if (state === 'complete') break
    for (const format of formats) {
      const response = await fetch(`${first!.url}/reports/${reportId}.${format}`)
      expect(response.status).toBe(200)
      files.push(await response.text())
    }
  }
  return files
}

/** Has the database note by whom each part of a report is stored. */
async function noteWhoStores(url: string): Promise<() => Promise<number>> {
  const ask = async (statement: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query<{ count: number }>(statement)).rows
    } finally {
      await client.end()
    }
  }
  await ask('create table stored (process int)')
  await ask(`create function note_stored() returns trigger language plpgsql as
    $$ begin insert into stored values (pg_backend_pid()); return null; end $$`)
  await ask(`create trigger note_stored after update of csv on report_part
    for each row execute function note_stored()`)
  return async () => {
    const counted = await ask('select count(distinct process)::int as count from stored')
    await ask('truncate stored')
    return counted[0]!.count
  }
}

describe.runIf(databaseType === 'postgres')('a report has the same bytes', () => {
  test('with 1, 2 and 4 servers, on SQLite and PostgreSQL, and with servers killed', async () => {
    await using folder = await temporaryFolder()
    const file = folder.file('store-monitor.db')
    await fillDatabase(file, STORES)
    const expected = await (async () => {
      await using server = await serving(file)
      return await filesOf([server])
    })()
    expect(new Set(expected).size).toBe(asked.length * formats.length)

    await using database = await filledDatabase(STORES)
    const whoStored = await noteWhoStores(database.url)
    await using proxy = await tcpProxy(database.url, { delayMs: AWAY_MS })
    const url = proxy.urlOf(database.url)
    const isSame = (files: readonly string[]) => files.map((file, i) => file === expected[i])
    await using parts = new AsyncDisposableStack()
    const servers: ServingProcess[] = []
    for (const count of [1, 2, 4]) {
      while (servers.length < count) servers.push(parts.use(await serving(url)))
      let stored = 0
      // One of them may have done it before another has heard of it.
      for (let tries = 0; tries < 5 && (tries === 0 || (stored === 1 && count > 1)); tries++) {
        expect(isSame(await filesOf(servers)), `${count} servers`).toEqual(expected.map(() => true))
        stored = await whoStored()
      }
      expect(stored > 1).toBe(count > 1)
    }
    expect(isSame(await filesOf(servers, 1)), 'some killed').toEqual(expected.map(() => true))
  }, 120_000)
})
