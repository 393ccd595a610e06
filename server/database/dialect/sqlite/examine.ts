import { sql } from 'kysely'
import type { Db, Examination } from '../dialect.ts'
import { problemFound } from './quick-check.ts'

/** Reading all of a larger file takes minutes: a backup does so, too. */
const MOST_BYTES_CHECKED = 1_000_000_000

export async function examine(db: Db): Promise<Examination> {
  const { rows } = await sql<{ version: string; journal: string; page: number; pages: number }>`
    select
      sqlite_version() as version,
      (select journal_mode from pragma_journal_mode) as journal,
      (select page_size from pragma_page_size) as page,
      (select page_count from pragma_page_count) as pages`.execute(db)
  const { version, journal, page, pages } = rows[0]!
  return {
    version: `SQLite ${version}, ${journal}, pages of ${page} bytes`,
    integrity: await integrityOf(db, page * pages),
    problems:
      journal === 'wal'
        ? []
        : [
            {
              what: `the journal is ${journal}, so that readers wait for whoever writes`,
              remedy: 'start a server once, which sets it to wal; not on a network file system',
            },
          ],
  }
}

async function integrityOf(db: Db, bytes: number): Promise<Examination['integrity']> {
  if (bytes > MOST_BYTES_CHECKED) {
    return { isWhole: true, what: 'not looked at, as it is large: "store-monitor backup" checks all of it' }
  }
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db)
  const problem = problemFound(rows[0]?.quick_check)
  return problem === undefined
    ? { isWhole: true, what: 'every page is as it should be' }
    : { isWhole: false, what: `the file is damaged: ${problem}` }
}
