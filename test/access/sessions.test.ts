import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../server/access/sessions.ts'
import { revokeAccessKey } from '../../server/database/access-keys.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { madeKeys } from '../support/access-keys.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const startMs = Date.parse('2026-11-30T00:00:00Z')
const ann = { way: 'key', keyNumber: null, keyId: null, name: 'ann', role: 'viewer', labels: [] } as const
const soon = { timeout: 10_000 }

let database: TestDatabase
let db: Db
let nowMs: number
const errors: unknown[] = []
beforeEach(async () => {
  database = await testDatabase()
  db = await connect(database.url)
  await migrateToLatest(db)
  nowMs = startMs
})
afterEach(async () => {
  const [error] = errors.splice(0)
  if (error !== undefined) throw error as Error
  await db[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** As one of several servers on the database has them. */
function server(): Sessions {
  return createSessions({
    reading: db,
    writing: db,
    lasting: () => Promise.resolve(db),
    times: { idleMs: 12 * HOUR_MS, lifetimeMs: 7 * 24 * HOUR_MS },
    now: () => nowMs,
    onError: (error) => errors.push(error),
  })
}

async function hashBefore(): Promise<Uint8Array | null> {
  const [row] = await db.selectFrom('session').select('hash_before').execute()
  return row!.hash_before
}

/** What a browser has that sends what it was given last. */
async function use(sessions: Sessions, token: string): Promise<string | undefined> {
  const found = await sessions.find(token)
  return found && (found.newToken ?? token)
}

describe('a session', () => {
  test('is known to other servers on the database, and kept by it without what could be sent', async () => {
    const { token, principal } = await server().begin(ann)
    expect(principal).toMatchObject({ name: 'ann', role: 'viewer', author: 'ann', session: { way: 'key' } })
    expect((await server().find(token))?.principal).toEqual(principal)
    const [row] = await db.selectFrom('session').selectAll().execute()
    expect(Buffer.from(row!.hash)).toHaveLength(32)
    expect(JSON.stringify(row)).not.toContain(token.split('.')[1])
  })

  test.for([
    ['', 'nothing'],
    ['rubbish', 'rubbish'],
    [`${'A'.repeat(12)}.${'A'.repeat(43)}`, 'one that never was'],
    ['ALTERED', 'another secret'],
  ])('is nobody’s who sends %s: %s', async ([sent = '']) => {
    const sessions = server()
    const { token } = await sessions.begin(ann)
    const altered = token.slice(0, -2) + (token.endsWith('A') ? 'BB' : 'AA')
    expect(await sessions.find(sent === 'ALTERED' ? altered : sent)).toBeUndefined()
  })

  test('ends when it was not used for long, and goes on while it is', async () => {
    const sessions = server()
    const { token } = await sessions.begin(ann)
    for (let i = 0; i < 3; i++) {
      nowMs += 11 * HOUR_MS
      expect(await use(server(), token)).toBe(token)
      expect(await use(sessions, token)).toBeDefined()
      await sessions.write()
    }
    nowMs += 12 * HOUR_MS
    expect(await use(sessions, token)).toBeUndefined()
    expect(await use(server(), token)).toBeUndefined()
  })

  test('ends after its longest time, however it was used, and its row goes', async () => {
    const sessions = server()
    let { token } = await sessions.begin(ann)
    const { tokenId } = (await sessions.find(token))!.principal.session!
    for (let hours = 0; hours < 167; hours += 11) {
      nowMs = startMs + hours * HOUR_MS
      token = (await use(sessions, token))!
      await sessions.write()
    }
    nowMs = startMs + 168 * HOUR_MS - 1
    expect(await use(sessions, token)).toBeDefined()
    nowMs++
    expect(await use(sessions, token)).toBeUndefined()
    expect(await sessions.isOpen(tokenId)).toBe(false)
    await sessions.write()
    expect(await db.selectFrom('session').selectAll().execute()).toEqual([])
  })

  test('has another token each hour; the one before is taken until shortly after that was sent', async () => {
    const sessions = server()
    const { token } = await sessions.begin(ann)
    nowMs += HOUR_MS
    await expect.poll(() => use(sessions, token), soon).not.toBe(token)
    const second = (await use(sessions, token))!
    expect(await use(sessions, token)).toBe(second) // of several requests at once
    expect(await use(server(), token)).toBe(token) // the answer may have been lost, or the server killed
    expect(await use(sessions, second)).toBe(second)
    const before = async () =>
      (await db.selectFrom('session').select('before_until').execute())[0]!.before_until
    await expect.poll(before, soon).toBe(nowMs + 30_000)
    nowMs += 29_999
    expect(await use(server(), token)).toBe(token)
    nowMs++
    expect(await use(server(), token)).toBeUndefined()
    expect(await use(server(), second)).toBe(second)
  })

  test('has one that the browser learns of when it comes again, however late that is', async () => {
    const sessions = server()
    const { token } = await sessions.begin(ann)
    nowMs += HOUR_MS
    await use(sessions, token)
    await expect.poll(hashBefore, soon).not.toBeNull()
    nowMs += 3 * HOUR_MS
    const second = (await use(sessions, token))!
    expect(second).not.toBe(token)
    for (let i = 0; i < 3; i++) expect(await use(server(), second)).toBeDefined()
  })

  test('has one that the browser learns of, where a server that was killed did not tell it', async () => {
    const killed = server()
    const { token } = await killed.begin(ann)
    nowMs += HOUR_MS
    await use(killed, token)
    const renewed = async () =>
      (await db.selectFrom('session').select('hash_before').execute())[0]!.hash_before
    await expect.poll(renewed, soon).not.toBeNull()
    const next = server()
    expect(await use(next, token)).toBe(token)
    nowMs += HOUR_MS
    await expect.poll(() => use(next, token), soon).not.toBe(token)
    const learnt = (await use(next, token))!
    expect(await use(server(), learnt)).toBe(learnt)
  })

  test('is over within a second on other servers, when it was ended', async () => {
    const [here, there] = [server(), server()]
    const { token } = await here.begin(ann)
    const { tokenId } = (await there.find(token))!.principal.session!
    await here.end(tokenId)
    expect(await here.find(token)).toBeUndefined()
    await expect.poll(() => there.find(token), soon).toBeUndefined()
    expect(await there.isOpen(tokenId)).toBe(false)
  })

  test('ends with the key that it was begun with', async () => {
    await madeKeys(database.url, [{ name: 'bob', expiresAt: startMs + HOUR_MS }, { name: 'eve' }])
    const keys = await db.selectFrom('access_key').select(['access_key_id', 'name']).execute()
    const ofKey = (name: string) =>
      ({ ...ann, name, keyNumber: keys.find((key) => key.name === name)!.access_key_id }) as const
    const sessions = server()
    const [bobs, eves] = [await sessions.begin(ofKey('bob')), await sessions.begin(ofKey('eve'))]
    const revoked = { by: null, reason: null, at: nowMs }
    await writeAlone(db, 'data', (tx) => revokeAccessKey(tx, 'eve', revoked, { mayBeLastAdmin: true }))
    expect(await server().find(eves.token)).toBeUndefined()
    expect(await db.selectFrom('session').select('name').execute()).toEqual([{ name: 'bob' }])
    expect(await sessions.find(bobs.token)).toBeDefined()
    nowMs += HOUR_MS
    expect(await sessions.find(bobs.token)).toBeUndefined()
  })
})

test('nobody has more than a hundred sessions: the oldest ends', async () => {
  const sessions = server()
  const { token: first } = await sessions.begin(ann)
  const { token: second } = await sessions.begin(ann)
  const { token: other } = await sessions.begin({ ...ann, name: 'bob' })
  for (let i = 2; i <= 100; i++) await sessions.begin(ann)
  expect(await server().find(first)).toBeUndefined()
  expect(await server().find(second)).toBeDefined()
  expect(await server().find(other)).toBeDefined()
})
