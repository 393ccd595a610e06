import { open } from 'node:fs/promises'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { runCli } from '../../support/run-cli.ts'
import { filledDatabase } from '../../support/test-database.ts'

test('a file with a page that is none is told to be damaged, in one line', async () => {
  await using database = await filledDatabase(3)
  const { offset, size } = pageOf(database.url, 'correction')
  {
    await using file = await open(database.url, 'r+')
    await file.write(Buffer.alloc(size, 'x'), 0, size, offset)
  }
  const { exitCode, stdout } = await runCli(['doctor', '--database', database.url])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(
    /^failed +integrity +the file is damaged: [\x20-\x7e]+: put a backup in its place; docs\/operations\.md has how$/m,
  )
})

/** Where a table begins that is not read to look at the rest. */
function pageOf(path: string, table: string): { readonly offset: number; readonly size: number } {
  const opened = new BetterSqlite3(path)
  const size = Number(opened.pragma('page_size', { simple: true }))
  const page = Number(opened.prepare('select rootpage from sqlite_schema where name = ?').pluck().get(table))
  opened.close()
  return { offset: (page - 1) * size, size }
}
