import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { readinessOf } from '../../server/observe/readiness.ts'
import { runningServer } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'

const fine = { ok: true, reason: null }

test('a server that can do its work is ready', async () => {
  await using server = await runningServer()
  const response = await fetch(`${server.url}/readyz`)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    status: 'ok',
    checks: [
      { name: 'database', ...fine },
      { name: 'tables', ...fine },
      { name: 'writing', ...fine },
    ],
    deadLetters: 0,
  })
})

test('tables that another version has left are told, by 503', async () => {
  await using server = await runningServer()
  await using db = await connect(server.databaseUrl)
  await sql`delete from kysely_migration where name = '021-totals'`.execute(db)
  const response = await fetch(`${server.url}/readyz`)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({
    status: 'failing',
    checks: [
      { name: 'database', ...fine },
      { name: 'tables', ok: false, reason: expect.stringMatching(/another version/) as string },
      { name: 'writing', ...fine },
    ],
  })
})

test('a database that cannot be read is told, without where it is; a push that waits too long, too', async () => {
  await using database = await testDatabase()
  const db = await connect(database.url)
  await db.destroy()
  const readiness = await readinessOf({ db, oldestPushMs: () => 61_000 })
  expect(readiness).toMatchObject({
    status: 'failing',
    deadLetters: null,
    checks: [
      { name: 'database', ok: false },
      {
        name: 'writing',
        ok: false,
        reason: expect.stringMatching(/^a push has waited .* for 61 s: look/) as string,
      },
    ],
  })
  expect(JSON.stringify(readiness)).not.toContain(database.url)
})
