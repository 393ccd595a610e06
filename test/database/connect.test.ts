import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect, sqliteFile } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

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
