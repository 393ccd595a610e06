import { EventEmitter } from 'node:events'
import type { Connection } from 'pg'
import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { connect, type Db } from '../../../../server/database/connect.ts'
import { backUp } from '../../../../server/database/backup.ts'
import { copyPieces } from '../../../../server/database/dialect/postgres/binary.ts'
import { CopiedRows } from '../../../../server/database/dialect/postgres/copy-rows.ts'
import { CopyOut } from '../../../../server/database/dialect/postgres/copy-out.ts'
import { readPollWeeks } from '../../../../server/database/read-polls.ts'
import { writeAlone } from '../../../../server/database/write-alone.ts'
import { fillDatabase, FIRST_POLL_MS } from '../../../support/filled-database.ts'
import { startCli } from '../../../support/run-cli.ts'
import { databaseType, testDatabase } from '../../../support/test-database.ts'
import { pollWeekOf } from '../../../../server/uptime/poll-week.ts'

function message(letter: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.write(letter)
  head.writeUInt32BE(content.length + 4, 1)
  return Buffer.concat([head, content])
}

/** What a copy has gathered of messages that the network cuts, and what the driver is left with. */
async function gathered(messages: Buffer, cuts: readonly number[]) {
  const stream = new EventEmitter()
  const ofDriver: Buffer[] = []
  stream.on('data', (chunk: Buffer) => ofDriver.push(chunk))
  const copy = new CopyOut('copy')
  copy.submit({ stream, query() {} } as unknown as Connection)
  let left = messages
  for (const cut of [...cuts, left.length]) {
    stream.emit('data', left.subarray(0, cut))
    left = left.subarray(cut)
  }
  copy.handleReadyForQuery()
  return { rows: await copy.rows, ofDriver: Buffer.concat(ofDriver) }
}

test('what a copy sends is gathered whole, wherever the network cuts it, and the driver goes on with the rest', async () => {
  const fieldsOfRow = fc.array(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    { minLength: 2, maxLength: 2 },
  )
  const property = fc.asyncProperty(
    fc.array(fieldsOfRow),
    fc.array(fc.integer({ min: 1, max: 30 })),
    async (fields, cuts) => {
      const stream = Buffer.concat([...copyPieces(fields)])
      const ends = [19]
      for (const [a, b] of fields) ends.push(ends.at(-1)! + 2 + 8 + a!.length + b!.length)
      const rows = ends.map((end, i) => stream.subarray(i === 0 ? 0 : ends[i - 1], end))
      const sent = [message('H', Buffer.alloc(3)), ...rows.map((row) => message('d', row))]
      const after = Buffer.concat([message('c', Buffer.alloc(0)), message('C', Buffer.from('COPY 1\0'))])
      const last = message('d', stream.subarray(-2))
      const { rows: all, ofDriver } = await gathered(Buffer.concat([...sent, last, after]), cuts)
      expect(ofDriver).toEqual(after)
      const copied = []
      for (const it = new CopiedRows(all); it.next();) copied.push([it.bytes()!, it.bytes()!])
      expect(copied).toEqual(fields)
    },
  )
  await fc.assert(property)
})

test('rows larger than what is sent at once, and fields without a value, are copied out', async () => {
  const fields = [
    [Buffer.from('a'), Buffer.from('bc')],
    [Buffer.alloc(700_000, 7), Buffer.alloc(0)],
  ]
  const stream = Buffer.concat([...copyPieces(fields)])
  const noField = Buffer.from([0, 2, 0, 0, 0, 1, 1, 255, 255, 255, 255])
  const sent = [stream.subarray(0, -2), noField, stream.subarray(-2)].map((content) => message('d', content))
  const { rows } = await gathered(Buffer.concat([...sent, message('c', Buffer.alloc(0))]), [65_536, 65_536])
  const copied = []
  for (const it = new CopiedRows(rows); it.next();) copied.push([it.bytes(), it.bytes()])
  expect(copied).toEqual([...fields, [Buffer.from([1]), null]])
})

describe.runIf(databaseType === 'postgres')('PostgreSQL', () => {
  async function filled() {
    const database = await testDatabase()
    await fillDatabase(database.url, 30)
    return database
  }

  async function terminateOthers(url: string): Promise<void> {
    await using db = await connect(url)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(db)
  }

  test('a connection that was cut fails what was asked on it, and the next question has another one', async () => {
    await using database = await filled()
    await using db = await connect(database.url)
    await expect(
      db.transaction().execute(async (tx) => {
        await terminateOthers(database.url)
        await tx.selectFrom('store').selectAll().execute()
      }),
    ).rejects.toMatchObject({ code: 'unavailable' })
    expect(await db.selectFrom('store').selectAll().execute()).toHaveLength(30)
  })

  test('a connection that is idle may be cut', async () => {
    await using database = await filled()
    await using db = await connect(database.url)
    await terminateOthers(database.url)
    const again = () => db.selectFrom('store').selectAll().execute()
    await again().catch(() => undefined) // it may not know yet
    expect(await again()).toHaveLength(30)
  })

  test('a copy that fails leaves a connection that can go on', async () => {
    await using database = await filled()
    await using db = await connect(database.url)
    await sql`alter table poll_week rename to gone`.execute(db)
    const all = Array.from({ length: 30 }, (_, i) => i + 1)
    const week = pollWeekOf(FIRST_POLL_MS)
    await expect(readPollWeeks(db, [week], all)).rejects.toThrow(/poll_week/)
    await sql`alter table gone rename to poll_week`.execute(db)
    const [polls] = await readPollWeeks(db, [week], all)
    expect(polls!.storeKeys).toHaveLength(30)
  })

  test('a lock that another one has for long is told as such', async () => {
    await using database = await filled()
    await using db = await connect(database.url, { patienceMs: 50 })
    await using other = await connect(database.url)
    await writeAlone(other, 'data', async () => {
      await expect(writeAlone(db, 'data', async () => {})).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('is busy') as string,
      })
    })
    await writeAlone(db, 'data', async () => {})
  })

  test('a reading connection changes nothing, and sees one moment in a transaction', async () => {
    await using database = await filled()
    await using reading = await connect(database.url, { readOnly: true })
    await using writing = await connect(database.url)
    await expect(reading.deleteFrom('store').execute()).rejects.toMatchObject({ code: 'unavailable' })
    await reading.transaction().execute(async (tx) => {
      const count = async (db: Db) => (await db.selectFrom('poll_week').select('week').execute()).length
      const before = await count(tx)
      await writing.deleteFrom('poll_week').where('store_key', '=', 1).execute()
      expect(await count(tx)).toBe(before)
    })
  })

  test('a text with a NUL is refused before the database is asked', async () => {
    await using database = await filled()
    await using db = await connect(database.url)
    const query = db.selectFrom('import').selectAll().where('source', '=', 'a\0b').execute()
    await expect(query).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('NUL') as string,
    })
  })

  test.each([
    ['a port where nobody listens', { port: '1' }, /cannot be reached/],
    ['a database that is not there', { pathname: '/nowhere' }, /has no such database/],
    ['a user who is not known', { username: 'nobody' }, /does not let this user in/],
  ])('%s is said, without the password', async (_, change, reason) => {
    await using database = await testDatabase()
    const url = Object.assign(new URL(database.url), { password: 'secret' }, change)
    const error: unknown = await connect(url.href).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(reason) as string })
    expect(String(error)).not.toContain('secret')
  })

  test('is backed up by its own tools', async () => {
    await using database = await testDatabase()
    const options = { replace: false, onProgress() {}, signal: new AbortController().signal }
    await expect(backUp(database.url, 'backup.db', options)).rejects.toThrow(/pg_dump/)
  })
})

test.runIf(databaseType === 'postgres')('serve says what it works on without the password', async () => {
  await using database = await testDatabase()
  const url = Object.assign(new URL(database.url), { password: 'secret' })
  await using server = startCli(['serve', '--port', '0'], { environment: { DB_URL: url.href } })
  const [, shown] = await server.said(/listening on \S+ with ([^\s"]+)/)
  expect(shown).toBe(Object.assign(url, { password: '***' }).href)
})
