/** The database of several servers goes away, and comes back. */
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { fillDatabase } from '../support/filled-database.ts'
import { storedPolls } from '../support/import-scene.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { databaseType } from '../support/test-database.ts'
import { eventStream } from './event-stream.ts'
import { completedCsv, serving, triggerReport } from './serving.ts'

interface Pusher extends AsyncDisposable {
  /** As `store status instant`, what was answered to be safe. */
  readonly acknowledged: readonly string[]
  /** How often it was told to come again later. */
  readonly refused: number
}

/** Pushes one poll after the other, each until it is answered; all are of before those that reports are about. */
function pushing(url: string, storeId: string): Pusher {
  const acknowledged: string[] = []
  let refused = 0
  let isOver = false
  async function push(number: number): Promise<void> {
    const at = new Date(Date.UTC(2022, 0, 3) + number * 60_000).toISOString().replace('.000', '')
    const status = number % 2 === 0 ? 'active' : 'inactive'
    const body = `store_id,status,timestamp_utc\n${storeId},${status},${at}\n`
    while (!isOver) {
      const response = await fetch(`${url}/polls`, { method: 'POST', body })
      const answer = await response.text()
      if (response.ok) return void acknowledged.push(`${storeId} ${status} ${at}`)
      expect([response.status, response.headers.get('retry-after')], answer).toEqual([
        503,
        expect.stringMatching(/^\d+$/),
      ])
      refused++
      // Who asks again at once keeps a processor from all others.
      await new Promise(setImmediate)
    }
  }
  const done = (async () => {
    for (let number = 0; !isOver; number++) await push(number)
  })()
  return {
    acknowledged,
    get refused() {
      return refused
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      await done
    },
  }
}

/** Without the stores that are only pushed of. */
function ofFilled(csv: string): string {
  return csv.replaceAll(/^SIG.*\n/gm, '')
}

/** Keeps a report from its end for as long as its database is there: whoever has done a part of it waits to say so. */
async function heldReport(url: string, reportId: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // it is cut
  await client.connect()
  await client.query('begin')
  await client.query('select state from report where report_id = $1 for update', [reportId])
  return { [Symbol.asyncDispose]: () => client.end().catch(() => {}) }
}

async function moreAcknowledged(pushers: readonly Pusher[]): Promise<void> {
  const before = pushers.map(({ acknowledged }) => acknowledged.length)
  await expect.poll(() => pushers.every(({ acknowledged }, i) => acknowledged.length > before[i]!)).toBe(true)
}

/** Whether it says that it cannot, and, of what is asked for, when to come again. */
async function isRefused(url: string): Promise<boolean> {
  const [ready, ...answers] = await Promise.all([
    fetch(`${url}/readyz`),
    fetch(`${url}/stores`),
    fetch(`${url}/trigger_report`, { method: 'POST' }),
  ])
  return (
    ready.status === 503 &&
    answers.every(({ status, headers }) => status === 503 && headers.has('retry-after'))
  )
}

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
