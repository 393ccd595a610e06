import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { listenOn } from '../../../../server/database/announced.ts'
import { connect } from '../../../../server/database/connect.ts'
import { dialectOf } from '../../../../server/database/dialect/dialect.ts'
import { CHANNEL } from '../../../../server/database/dialect/postgres/column-types.ts'
import { databaseType, testDatabase } from '../../../support/test-database.ts'
import { tcpProxy } from '../../../support/tcp-proxy.ts'

/** A notification is a byte, its length, who notifies, the channel and what is said; it may come with what else is answered. */
function withoutNotification(bytes: Buffer): Buffer {
  const from = bytes.indexOf(`${CHANNEL}\0`) - 9
  if (from < 0) return bytes
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + bytes.readInt32BE(from + 1))])
}

/** What is told where a URL has options that stand in the way, the names of the settings alone. */
async function problemsOf(url: string): Promise<string[]> {
  await using db = await connect(url, { readOnly: true })
  const { problems } = await dialectOf(db).examine(db, url)
  // Tests' own PostgreSQL does not wait for the disk.
  return problems.map(({ what }) => what).filter((what) => !/^(?:fsync|full_page_writes) is off/.test(what))
}

function withOptions(url: string, options: string): string {
  const changed = new URL(url)
  changed.searchParams.set('options', options)
  return changed.href
}

/** Listens as a server does, and returns when it is heard. */
async function aServer(url: string, version: string, now: () => number): Promise<AsyncDisposable> {
  await using db = await connect(url)
  const { promise: isListening, resolve } = Promise.withResolvers<void>()
  const listening = listenOn(db, url, () => resolve(), { version, now })!
  await isListening
  return listening
}

describe.runIf(databaseType === 'postgres')('what keeps servers from sharing the work on PostgreSQL', () => {
  test('is nothing, as a rule', async () => {
    await using database = await testDatabase()
    expect(await problemsOf(database.url)).toEqual([])
  })

  test.each([
    ['-c idle_in_transaction_session_timeout=0', /^idle_in_transaction_session_timeout is 0 ms, and should/],
    ['-c default_transaction_isolation=serializable', /^default_transaction_isolation is serializable/],
    ['-c synchronous_commit=off', /^synchronous_commit is off: what was acknowledged may be lost/],
    ['-c statement_timeout=30s', /^statement_timeout is 30000 ms: imports of large files/],
    ['-c tcp_keepalives_count=9', /^settings of our connections do not arrive/],
    ['-c jit=on', /^settings of our connections do not arrive/],
  ])('may be an option of the URL: %s', async (options, problem) => {
    await using database = await testDatabase()
    expect(await problemsOf(withOptions(database.url, options))).toEqual([expect.stringMatching(problem)])
  })

  test('may be that there are too few connections', async () => {
    await using database = await testDatabase()
    await using db = await connect(database.url)
    await sql.raw(`alter database ${new URL(database.url).pathname.slice(1)} connection limit 5`).execute(db)
    expect(await problemsOf(database.url)).toEqual([
      expect.stringMatching(/^\d+ of 5 connections are in use: there is no room for a further server$/),
    ])
  })

  test('may be that there are none left for whoever looks', async () => {
    await using database = await testDatabase()
    await using db = await connect(database.url)
    const { pathname } = new URL(database.url)
    const role = pathname.slice(1)
    await sql.raw(`create role ${role} login password 'few' connection limit 1`).execute(db)
    const url = Object.assign(new URL(database.url), { username: role, password: 'few' }).href
    expect(await problemsOf(url)).toEqual([
      '1 of 1 connections are in use: there is no room for a further server',
      expect.stringMatching(/^news does not arrive/),
    ])
    await sql.raw(`drop role ${role}`).execute(db)
  })

  test('may be a server of another version, and one whose clock is wrong', async () => {
    await using database = await testDatabase()
    await using _ = await aServer(database.url, '1.0.0', Date.now)
    await using late = await aServer(database.url, '2.0.0', () => Date.now() - 60_000)
    expect(late).toBeDefined()
    await expect
      .poll(() => problemsOf(database.url))
      .toEqual([
        'servers of several versions are at work: 1.0.0, 2.0.0; a report is computed by those of one',
        expect.stringMatching(/^the clock of a server is (?:59|60|61) s behind that of the database$/),
      ])
    await using db = await connect(database.url)
    const { servers } = await dialectOf(db).examine(db, database.url)
    expect(servers).toBe('2 at work on it: 127.0.0.1; of version 1.0.0, 2.0.0')
  })

  test('may be a proxy that lets no news through', async () => {
    await using database = await testDatabase()
    await using proxy = await tcpProxy(database.url, { passed: withoutNotification })
    expect(await problemsOf(proxy.urlOf(database.url))).toEqual([
      expect.stringMatching(/^news does not arrive/),
    ])
  })
})
