import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { noteUse, revokeAccessKey } from '../../server/database/access-keys.ts'
import { madeKeys } from '../support/access-keys.ts'
import { runCli, jsonLines } from '../support/run-cli.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'

let server: TestServer
beforeEach(async () => {
  server = await runningServer()
})
afterEach(() => server[Symbol.asyncDispose]())

async function refused(authorization?: string): Promise<{ status: number; detail?: string }> {
  const headers = authorization === undefined ? {} : { authorization }
  const response = await fetch(`${server.url}/stores`, { headers })
  const { detail } = (await response.json()) as { detail?: string }
  return { status: response.status, ...(detail === undefined ? {} : { detail }) }
}

/** Waits until the server knows what another process did. */
const soon = { timeout: 10_000 }

test('without any key a server on loopback asks for none, and for one as soon as there is one', async () => {
  expect(await refused()).toEqual({ status: 200 })
  const admin = createStoreMonitorClient({ url: server.url })
  const { key, prefix } = await admin.key.create.mutate({ name: 'admin', role: 'admin' })
  expect(key.startsWith(`${prefix}_`)).toBe(true)
  expect(await refused()).toMatchObject({
    status: 401,
    detail: expect.stringMatching(/STORE_MONITOR_KEY/) as string,
  })
  expect(await refused(`Bearer ${key}`)).toEqual({ status: 200 })
  await expect(admin.key.list.query({})).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('the database keeps no key that could be sent', async () => {
  const [token = ''] = await madeKeys(server.databaseUrl, [{}])
  await using db = await connect(server.databaseUrl)
  const [row] = await db.selectFrom('access_key').selectAll().execute()
  const secret = token.split('_').slice(2).join('_')
  expect(secret).toHaveLength(43)
  expect(JSON.stringify({ ...row, hash: Buffer.from(row!.hash).toString('latin1') })).not.toContain(secret)
})

describe('a key is refused', () => {
  test.for([
    ['that is none', 'Bearer rubbish', /the key that was sent is none of this server/],
    ['whose secret is another', 'ALTERED', /the key that was sent is none of this server/],
    ['that is sent otherwise', 'Basic dXNlcjpwYXNz', /this server asks for a key/],
    ['that is empty', 'Bearer ', /this server asks for a key/],
  ] as const)('%s', async ([, sent, detail]) => {
    const [token = ''] = await madeKeys(server.databaseUrl, [{}])
    await expect.poll(async () => (await refused()).status, soon).toBe(401)
    const altered = `Bearer ${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
    const answer = await refused(sent === 'ALTERED' ? altered : sent)
    expect(answer).toEqual({ status: 401, detail: expect.stringMatching(detail) as string })
  })

  test('that has expired, and whoever has it is told when', async () => {
    const [token = ''] = await madeKeys(server.databaseUrl, [{ name: 'old', expiresAt: 1_700_000_000_000 }])
    await expect
      .poll(() => refused(`Bearer ${token}`), soon)
      .toEqual({
        status: 401,
        detail: expect.stringMatching(/^the key "old" expired at 2023-11-14T/) as string,
      })
  })

  test('within a second of when another process revoked it', async () => {
    const [token = ''] = await madeKeys(server.databaseUrl, [{ name: 'one' }])
    await expect.poll(async () => (await refused()).status, soon).toBe(401)
    expect(await refused(`Bearer ${token}`)).toEqual({ status: 200 })
    await using db = await connect(server.databaseUrl)
    const made = { by: null, reason: null, at: Date.now() }
    await writeAlone(db, 'data', (tx) => revokeAccessKey(tx, 'one', made, { mayBeLastAdmin: true }))
    await expect
      .poll(() => refused(`Bearer ${token}`), soon)
      .toMatchObject({
        status: 401,
        detail: expect.stringMatching(/^the key "one" was revoked at /) as string,
      })
    expect(await refused()).toMatchObject({ status: 401 }) // it is as it was: a server that had keys asks for one
  })
})

test('events end when the key is revoked, and whoever follows is told why', async () => {
  const [token = ''] = await madeKeys(server.databaseUrl, [{ name: 'one' }])
  const client = createStoreMonitorClient({ url: server.url, key: token })
  const events = client.watchStores()
  expect((await events.next()).done).toBe(false)
  const rest = await fetch(`${server.url}/events`, { headers: { authorization: `Bearer ${token}` } })
  expect(rest.status).toBe(200)
  await runCli(['keys', 'revoke', 'one', '--database', server.databaseUrl])
  const text = await rest.text()
  expect(text).toMatch(/^event: changes\n/)
  await expect(events.next()).rejects.toMatchObject({
    code: 'unauthenticated',
    message: expect.stringMatching(/^the key "one" was revoked at /) as string,
  })
})

test('when a key was used last is written when the server stops, at the latest, and never put back', async () => {
  await using database = await testDatabase()
  const [used = '', unused = ''] = await madeKeys(database.url, [{ name: 'used' }, { name: 'unused' }])
  const before = Date.now()
  {
    await using other = await runningServer({ databaseUrl: database.url })
    const statusWith = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` }
      return (await fetch(`${other.url}/stores`, { headers })).status
    }
    expect(await statusWith(used)).toBe(200)
    expect(await statusWith(`${unused.slice(0, -1)}${unused.endsWith('A') ? 'B' : 'A'}`)).toBe(401)
  }
  const listed = await runCli(['keys', '--json', '--database', database.url])
  expect(jsonLines(listed.stdout)).toMatchObject([{ name: 'unused', lastUsedAt: null }, { name: 'used' }])
  expect(Date.parse(String(jsonLines(listed.stdout)[1]!['lastUsedAt']))).toBeGreaterThanOrEqual(before)
  await using db = await connect(database.url)
  await noteUse(db, 1, before - 1)
  const [row] = await db.selectFrom('access_key').select('last_used_at').where('name', '=', 'used').execute()
  expect(row!.last_used_at).toBeGreaterThanOrEqual(before)
})

test('the last key that manages keys is revoked only where the database is', async () => {
  const [key = ''] = await madeKeys(server.databaseUrl, [{ name: 'ann', role: 'admin' }])
  const ann = createStoreMonitorClient({ url: server.url, key })
  await expect(ann.key.revoke.mutate({ name: 'ann' })).rejects.toMatchObject({ code: 'conflict' })
  await ann.key.create.mutate({ name: 'bob', role: 'admin' })
  expect(await ann.key.revoke.mutate({ name: 'ann' })).toMatchObject({ state: 'revoked', revokedBy: 'ann' })
  const revoked = await runCli(['keys', 'revoke', 'bob', '--json', '--database', server.databaseUrl])
  expect(jsonLines(revoked.stdout)).toMatchObject([{ name: 'bob', state: 'revoked', revokedBy: null }])
})

test('a name is that of one key at a time, and what keys change has their name', async () => {
  const [key = ''] = await madeKeys(server.databaseUrl, [{ name: 'ann', role: 'admin' }])
  const ann = createStoreMonitorClient({ url: server.url, key })
  await ann.key.create.mutate({ name: 'poller', role: 'ingester' })
  await expect(ann.key.create.mutate({ name: 'poller', role: 'viewer' })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/there is a key "poller": choose another name/) as string,
  })
  await ann.key.revoke.mutate({ name: 'poller', by: 'Ann Lee', reason: 'lost' })
  await ann.key.create.mutate({ name: 'poller', role: 'ingester', expires: '2099-01-01T00:00:00Z' })
  await ann.store.setDetails.mutate({ storeId: 's1', name: 'One' })
  const { items } = await ann.data.changes.query({ limit: 4 })
  expect(items).toMatchObject([
    { kind: 'details', author: 'ann' },
    { kind: 'key-created', what: 'key poller: ingester, until 2099-01-01T00:00:00Z', author: 'ann' },
    { kind: 'key-revoked', author: 'Ann Lee (ann)', reason: 'lost' },
    { kind: 'key-created', what: 'key poller: ingester' },
  ])
  expect((await ann.key.list.query({ state: 'in-force' })).items.map(({ name }) => name)).toEqual([
    'poller',
    'ann',
  ])
})

test('other machines reach no server without a key, unless it is told to let everybody in', async () => {
  await using database = await testDatabase()
  const open = { host: '0.0.0.0', databaseUrl: database.url }
  await expect(runningServer(open)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/"store-monitor keys create --name admin --role admin"/) as string,
  })
  await using insecure = await runningServer({ ...open, insecure: true })
  expect((await fetch(`${insecure.url}/stores`)).status).toBe(200)
  await madeKeys(database.url, [{}])
  await using closed = await runningServer(open)
  expect((await fetch(`${closed.url.replace('0.0.0.0', '127.0.0.1')}/stores`)).status).toBe(401)
})
