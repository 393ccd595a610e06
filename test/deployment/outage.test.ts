/** The database of several servers goes away, and comes back. */
import { describe, expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { fillDatabase } from '../support/filled-database.ts'
import { storedPolls } from '../support/import-scene.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { databaseType } from '../support/test-database.ts'
import { eventStream } from './event-stream.ts'
import { heldReport, isRefused, moreAcknowledged, ofFilled, pushing } from './outage-scene.ts'
import { completedCsv, serving, triggerReport } from './serving.ts'

describe.runIf(databaseType === 'postgres')('a PostgreSQL that is away for a while', () => {
  test('has servers answer 503 meanwhile, and then go on by themselves: with reports, streams, and all that was acknowledged', async () => {
    await using postgres = await startPostgres()
    const { url } = postgres
    await fillDatabase(url, 2000)
    await using one = await serving(url)
    await using other = await serving(url)
    const nodes = [one, other]
    const expected = ofFilled(await completedCsv(one.url, await triggerReport(one.url)))
    await using changes = await eventStream(`${other.url}/events?store_id=store-000001`)
    await using news = await eventStream(`${one.url}/news`)

    for (const how of ['SIGINT', 'SIGQUIT'] as const) {
      await using first = pushing(one.url, `${how}-one`)
      await using second = pushing(other.url, `${how}-other`)
      const pushers = [first, second]
      const reportId = await triggerReport(one.url)
      await using _ = await heldReport(url, reportId)
      await using progress = await eventStream(`${other.url}/reports/${reportId}/events`)
      // With what is durable, the report is, too, which nobody waited for to be.
      await moreAcknowledged(pushers)
      await postgres.stop(how)
      for (const { url } of nodes) await expect.poll(() => isRefused(url)).toBe(true)
      await expect.poll(() => pushers.every(({ refused }) => refused > 0)).toBe(true)
      for (const { url } of nodes) expect((await fetch(`${url}/livez`)).status).toBe(200)

      await postgres.start()
      await progress.heard(/^event: complete$/m)
      expect(ofFilled(await completedCsv(other.url, reportId))).toBe(expected)
      await news.heard(new RegExp(`"reportId":"${reportId}","state":"complete"`))
      await moreAcknowledged(pushers)
      const safe = pushers.flatMap(({ acknowledged }) => acknowledged)
      await using db = await connect(url, { readOnly: true })
      const stored = (await storedPolls(db)).filter((poll) => poll.startsWith(how))
      expect(stored.length).toBe(new Set(stored).size)
      expect(stored).toEqual(expect.arrayContaining(safe))
    }
    await fetch(`${one.url}/polls`, {
      method: 'POST',
      body: 'store_id,status,timestamp_utc\nstore-000001,inactive,2026-11-01T00:00:00Z\n',
    })
    await changes.heard(/"store_?[iI]d":"store-000001"/)
    expect([changes.hasEnded, news.hasEnded]).toEqual([false, false])
  })
})
