/** The machine of the primary is lost, and its standby takes its place behind the same address. */
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { fillDatabase } from '../support/filled-database.ts'
import { storedPolls } from '../support/import-scene.ts'
import { startPostgres, startStandby } from '../support/postgres-server.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'
import { databaseType } from '../support/test-database.ts'
import { eventStream } from './event-stream.ts'
import { heldReport, isRefused, moreAcknowledged, ofFilled, pushing } from './outage-scene.ts'
import { completedCsv, serving, triggerReport } from './serving.ts'

describe.runIf(databaseType === 'postgres')('a PostgreSQL with a synchronous standby', () => {
  test('may be lost: servers answer 503 until the standby is promoted, and then go on by themselves, with all that was acknowledged', async () => {
    await using primary = await startPostgres({ settings: { synchronous_standby_names: '*' } })
    await primary.stop('SIGINT')
    await using standby = await startStandby(primary)
    await primary.start()
    const followed = 'select sync_state from pg_stat_replication'
    await expect.poll(() => onServer(primary.url, followed)).toEqual([{ sync_state: 'sync' }])
    await fillDatabase(primary.url, 2000)
    await using address = await tcpProxy(primary.url, {})
    const url = address.urlOf(primary.url)
    await using one = await serving(url)
    await using other = await serving(url)
    const nodes = [one, other]
    const expected = ofFilled(await completedCsv(one.url, await triggerReport(one.url)))
    await using changes = await eventStream(`${other.url}/events?store_id=store-000001`)
    await using news = await eventStream(`${one.url}/news`)
    await using first = pushing(one.url, 'SIGKILL-one')
    await using second = pushing(other.url, 'SIGKILL-other')
    const pushers = [first, second]
    const reportId = await triggerReport(one.url)
    await using _ = await heldReport(primary.url, reportId)
    await using progress = await eventStream(`${other.url}/reports/${reportId}/events`)
    // With what is durable, the report is, too, which nobody waited for to be.
    await moreAcknowledged(pushers)

    await primary.stop('SIGKILL')
    for (const { url } of nodes) await expect.poll(() => isRefused(url)).toBe(true)
    await expect.poll(() => pushers.every(({ refused }) => refused > 0)).toBe(true)
    await onServer(standby.url, 'select pg_promote()')
    address.leadTo(standby.url)

    await progress.heard(/^event: complete$/m)
    expect(ofFilled(await completedCsv(other.url, reportId))).toBe(expected)
    await news.heard(new RegExp(`"reportId":"${reportId}","state":"complete"`))
    await moreAcknowledged(pushers)
    const safe = pushers.flatMap(({ acknowledged }) => acknowledged)
    await using db = await connect(standby.url, { readOnly: true })
    const stored = await storedPolls(db)
    expect(stored.length).toBe(new Set(stored).size)
    expect(stored).toEqual(expect.arrayContaining(safe))
    await fetch(`${one.url}/polls`, {
      method: 'POST',
      body: 'store_id,status,timestamp_utc\nstore-000001,inactive,2026-11-01T00:00:00Z\n',
    })
    await changes.heard(/"store_?[iI]d":"store-000001"/)
    expect([changes.hasEnded, news.hasEnded]).toEqual([false, false])
  })
})

async function onServer(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows as unknown[]
  } finally {
    await client.end()
  }
}
