import { sql } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { sqliteColumnTypes } from './column-types.ts'
import type { SharedSqliteAdapter } from './driver.ts'
import { makeNew } from './make-new.ts'
import { openSqlite } from './open.ts'
import { createPackedWriter, readPacked } from './packed-rows.ts'
import { readPart } from './report-part.ts'
import { readStoreRules, writeScheduleKeys } from './store-rules.ts'
import { readBatchRanges } from './tail-batches.ts'

/** SQLite, in a file that several threads and processes use at once. */
export function sqliteDialect(): Dialect {
  const dialect: Dialect = {
    columnTypes: sqliteColumnTypes,
    clock: sql`cast(unixepoch('subsec') * 1000 as integer)`,
    textBefore: (text, marker) => sql`substr(${text}, 1, instr(${text} || ${marker}, ${marker}) - 1)`,
    pollRowsAtOnce: 500,
    locksRows: false,
    joinsWrites: false,
    reportPartsAtOnce: 1,
    open: (databaseUrl, access) => openSqlite(databaseUrl, access, dialect),
    // A transaction that may write has the only lock there is from its beginning.
    lock: async () => {},
    beforeCommit: async () => {},
    tryToShare: async () => true,
    makeNew,
    beginMigration: async () => {},
    allowIdle: async () => {},
    readStoreRules,
    writeScheduleKeys,
    readPacked,
    writePacked: createPackedWriter(),
    inChunksOf: () => sql`true`,
    readBatchRanges,
    readPart,
    async backUp(databaseUrl, file, options) {
      const { backUpSqlite } = await import('./backup.ts')
      return backUpSqlite(databaseUrl, file, options)
    },
    cluster: undefined,
    listen: () => undefined,
    async examine(db) {
      const { examine } = await import('./examine.ts')
      return examine(db)
    },
    async size(db) {
      const { rows } = await sql<{ page: number; pages: number; free: number }>`
        select
          (select page_size from pragma_page_size) as page,
          (select page_count from pragma_page_count) as pages,
          (select freelist_count from pragma_freelist_count) as free`.execute(db)
      const { page, pages, free } = rows[0]!
      return { bytes: page * pages, freeBytes: page * free }
    },
    checkInPlace: (db) => (db.getExecutor().adapter as SharedSqliteAdapter).checkInPlace(),
  }
  return dialect
}
