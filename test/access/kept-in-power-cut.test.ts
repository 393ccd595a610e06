import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { bearing } from '../support/access-keys.ts'
import { signedIn } from '../support/browser-session.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

/** What is written, and whether the transaction that writes it is on the disk before it is answered. */
async function noteHowItIsWritten(db: Db): Promise<void> {
  await sql`create table noted (what text, waits text)`.execute(db)
  for (const [table, when, what] of [
    ['change', 'insert', 'new.kind'],
    ['session', 'insert', `'signed in'`],
    ['session', 'delete', `'session ended'`],
  ] as const) {
    const name = `note_${table}_${when}`
    const insert = `insert into noted values (${what}, `
    const statements =
      databaseType === 'postgres'
        ? [
            `create function ${name}() returns trigger language plpgsql as $$ begin
               ${insert} current_setting('synchronous_commit')); return null; end $$`,
            `create trigger ${name} after ${when} on ${table} for each row execute function ${name}()`,
          ]
        : [
            `create trigger ${name} after ${when} on ${table} begin
               ${insert} (select synchronous from pragma_synchronous)); end`,
          ]
    for (const statement of statements) await sql.raw(statement).execute(db)
  }
}

async function made(server: TestServer, name: string, role: string, token?: string): Promise<string> {
  const headers = token === undefined ? {} : bearing(token)
  const body = JSON.stringify({ name, role })
  const response = await fetch(`${server.url}/keys`, { method: 'POST', headers, body })
  return ((await response.json()) as { key: string }).key
}

test('what becomes of keys and sessions, and what people change, is on the disk when it is answered', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  await noteHowItIsWritten(db)
  await using server = await runningServer({ databaseUrl: database.url })
  const admin = await made(server, 'ann', 'admin')
  const viewer = await made(server, 'bob', 'viewer', admin)
  await (await signedIn(server.url, viewer)).fetch('/session', { method: 'DELETE' })
  await signedIn(server.url, viewer)
  const headers = bearing(admin)
  const { items } = (await (await fetch(`${server.url}/sessions`, { headers })).json()) as {
    items: [{ sessionId: number }]
  }
  await fetch(`${server.url}/sessions/${items[0].sessionId}`, { method: 'DELETE', headers })
  await fetch(`${server.url}/keys/bob`, { method: 'DELETE', headers })
  const { rows } = await sql<{ what: string; waits: string }>`select what, waits from noted`.execute(db)
  const waits = databaseType === 'postgres' ? 'on' : '2'
  expect(rows.filter((row) => row.waits !== waits)).toEqual([])
  expect(rows.map(({ what }) => what).toSorted()).toEqual([
    'key-created',
    'key-created',
    'key-revoked',
    'session ended',
    'session ended',
    'session-revoked',
    'signed in',
    'signed in',
  ])
})
