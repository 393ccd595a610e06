import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { runningServer } from '../../support/running-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const polls = 'store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n'

test('while another program holds the database, who would write is told when to come again; who reads is answered', async () => {
  await using folder = await temporaryFolder()
  const databaseUrl = folder.file('a.db')
  await using server = await runningServer({ databaseUrl, patienceMs: 50 })
  await server.upload(polls)
  using parts = new DisposableStack()
  const other = parts.adopt(new BetterSqlite3(databaseUrl), (other) => other.close())
  const trigger = () => fetch(`${server.url}/trigger_report`, { method: 'POST' })

  other.exec('begin immediate')
  const refused = await trigger()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(await refused.json()).toMatchObject({ title: 'Service Unavailable', error: 'Unavailable' })
  expect((await fetch(`${server.url}/reports`)).status).toBe(200)

  other.exec('rollback')
  expect((await trigger()).status).toBe(200)
  expect(server.errors).toEqual([])
})
