import { expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { tidyTail } from '../../server/database/tail/tidy-tail.ts'
import { readTotals } from '../../server/database/totals.ts'
import { runningServer } from '../support/running-server.ts'

async function counted(db: Db) {
  const { polls } = await db
    .selectFrom('poll_week_summary')
    .select((eb) => eb.fn.sum('poll_count').as('polls'))
    .executeTakeFirstOrThrow()
  const tail = await db
    .selectFrom('poll_tail')
    .select((eb) => [eb.fn.countAll().as('rows'), eb.fn.sum('poll_count').as('polls')])
    .executeTakeFirstOrThrow()
  return { polls: Number(polls ?? 0), tailRows: Number(tail.rows), tailPolls: Number(tail.polls ?? 0) }
}

const csv = (hour: number, stores: readonly string[]) =>
  `store_id,status,timestamp_utc\n${stores.map((id) => `${id},active,2026-10-05T${String(hour).padStart(2, '0')}:00:00Z\n`).join('')}`

test('the totals are what would be counted, whatever was written, folded and deleted', async () => {
  await using server = await runningServer()
  await using db = await connect(server.databaseUrl)
  const stores = Array.from({ length: 30 }, (_, i) => `s${i}`)
  const push = (hour: number) =>
    fetch(`${server.url}/polls`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: csv(hour, stores.slice(hour)),
    })
  await server.upload(csv(0, stores))
  for (let hour = 1; hour < 12; hour++) expect((await push(hour)).status).toBe(200)
  const pushed = await readTotals(db)
  expect(pushed).toEqual(await counted(db))
  expect(pushed.tailPolls).toBeGreaterThan(0)
  const gone = await fetch(`${server.url}/stores/s20?reason=closed&confirm=12`, { method: 'DELETE' })
  expect(await gone.json()).toMatchObject({ polls: 12 })
  await server.upload(csv(5, stores.slice(0, 20)))
  expect(await readTotals(db)).toEqual(await counted(db))
  await tidyTail(db, Date.now() + 3 * 86_400_000)
  const tidied = await readTotals(db)
  expect(tidied).toEqual(await counted(db))
  expect(await databaseSummary(db)).toMatchObject({ polls: tidied.polls, stores: 29 })
})
