import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect } from '../../../../server/database/connect.ts'
import { sqliteFile } from '../../../../server/database/dialect/sqlite/file.ts'
import { migrateToLatest } from '../../../../server/database/migrate.ts'
import { toAppError } from '../../../../shared/app-error.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('a closed database is one file, also where a connection was never asked anything', async () => {
  await using folder = await temporaryFolder()
  {
    await using db = await connect(folder.file('a.db'))
    await migrateToLatest(db)
    const others = [
      await connect(folder.file('a.db'), { readOnly: true }),
      await connect(folder.file('a.db')),
    ]
    for (const other of others) await other.destroy()
  }
  expect(await readdir(folder.path)).toEqual(['a.db'])
})

test('the log of a large transaction is given back while the database is open', async () => {
  await using folder = await temporaryFolder()
  await using db = await connect(folder.file('a.db'))
  const sizeOfLog = async () => (await stat(folder.file('a.db-wal'))).size
  const write = (bytes: number) => sql`insert into one values (zeroblob(${bytes}))`.execute(db)
  await sql`create table one (bytes blob)`.execute(db)
  await write(68 * 1024 * 1024)
  expect(await sizeOfLog()).toBeGreaterThan(68 * 1024 * 1024)
  await write(1)
  expect(await sizeOfLog()).toBeLessThanOrEqual(64 * 1024 * 1024)
})

test('two that open a new database at once both find its tables', async () => {
  await using folder = await temporaryFolder()
  const opened = Array.from({ length: 4 }, async () => {
    await using db = await connect(folder.file('a.db'))
    const applied = await migrateToLatest(db)
    await db.selectFrom('report').selectAll().execute()
    return applied
  })
  const applied = await Promise.all(opened)
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
})

test.each([
  ['a.db', 'a.db'],
  [join('data', 'a.db'), join('data', 'a.db')],
  ['sqlite:a.db', 'a.db'],
  ['sqlite:///var/lib/a.db', '/var/lib/a.db'],
  ['sqlite:///./a.db', './a.db'],
  ['sqlite:////var/lib/a.db', '/var/lib/a.db'],
  ['sqlite://a.db', 'a.db'],
  ['file://localhost/var/lib/a.db', '/var/lib/a.db'],
  ['file:a%20b.db', 'a b.db'],
])('the URL %s names the file %s', (url, file) => {
  expect(sqliteFile(url)).toBe(file)
})

test('a URL of another database is refused without repeating its password', () => {
  expect(() => sqliteFile('postgres://me:secret@host/db')).toThrow(
    /^a database URL with postgres: is not supported/,
  )
  expect(() => sqliteFile('sqlite::memory:')).toThrow(/cannot be in memory/)
})

test('a full disk is told as such, undoes the transaction, and leaves a connection that can go on', async () => {
  await using folder = await temporaryFolder()
  await using db = await connect(folder.file('a.db'))
  await migrateToLatest(db)
  await sql`pragma max_page_count = 60`.execute(db)
  const insert = (schedule: string) =>
    db
      .transaction()
      .execute((tx) => tx.insertInto('schedule').values({ schedule_key: 1, hash: 0, schedule }).execute())
  const error: unknown = await insert('x'.repeat(1_000_000)).catch((error: unknown) => error)
  expect(toAppError(error)).toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^the disk of .*a\.db is full/) as string,
  })
  await insert('{}')
  expect(await db.selectFrom('schedule').select('schedule').execute()).toEqual([{ schedule: '{}' }])
})
