import { sql, type QueryExecutorProvider, type Transaction } from 'kysely'
import { chunksOf } from '../../tail/tail-row.ts'
import type { Dialect } from '../dialect.ts'
import { backUpPostgres } from './backup.ts'
import type { Database } from '../../schema.ts'
import { COMMITS, requireWhole, waitForReaders } from './cluster/whole.ts'
import { postgresColumnTypes } from './column-types.ts'
import { listenOnPostgres } from './listen.ts'
import { openPostgres } from './open.ts'
import { readPacked, writePacked } from './packed-rows.ts'
import { readPart } from './report-part.ts'
import { readStoreRules, writeScheduleKeys } from './store-rules.ts'
import { readBatchRanges } from './tail-batches.ts'

/** Ours, among the locks of whatever else works on the database. */
const LOCK_CLASS = 0x5707e
/** A migration lets others go on after this, and tries again. */
const DDL_LOCK_TIMEOUT_MS = 3000

async function allowIdle(transaction: QueryExecutorProvider, ms: number): Promise<void> {
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(ms)}`.execute(transaction)
}

/** PostgreSQL, which many processes on many machines use at once. */
export function postgresDialect(): Dialect {
  /** Transactions that write polls that are spread over machines. */
  const spreading = new WeakSet<Transaction<Database>>()
  const dialect: Dialect = {
    columnTypes: postgresColumnTypes,
    clock: sql`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`,
    textBefore: (text, marker) => sql`split_part(${text}, ${marker}, 1)`,
    pollRowsAtOnce: 2048,
    locksRows: true,
    joinsWrites: true,
    reportPartsAtOnce: 4,
    open: (databaseUrl, access) => openPostgres(databaseUrl, access, dialect),
    async lock(transaction, what) {
      const { rows } = await sql<{ is_spread: boolean }>`
        select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${what})),
          ${what} = 'data' and to_regclass(${COMMITS}) is not null as is_spread`.execute(transaction)
      if (!rows[0]!.is_spread) return
      spreading.add(transaction)
      await requireWhole(transaction)
    },
    async beforeCommit(transaction) {
      if (spreading.has(transaction)) await waitForReaders(transaction)
    },
    async tryToShare(transaction, what) {
      const { rows } = await sql<{ has: boolean }>`
        select pg_try_advisory_xact_lock_shared(${LOCK_CLASS}, hashtext(${what})) as has`.execute(transaction)
      return rows[0]!.has
    },
    makeNew: async () => [],
    async beginMigration(transaction) {
      await sql`set local lock_timeout = ${sql.lit(DDL_LOCK_TIMEOUT_MS)}`.execute(transaction)
      await allowIdle(transaction, 0)
    },
    allowIdle,
    readStoreRules,
    writeScheduleKeys,
    readPacked,
    writePacked,
    inChunksOf: (storeKeys) => sql`poll_week.chunk = any(${chunksOf(storeKeys)}::int4[])`,
    readBatchRanges,
    readPart,
    backUp: backUpPostgres,
    cluster: async () => (await import('./cluster/cluster.ts')).citusCluster,
    listen: listenOnPostgres,
    async examine(db, databaseUrl) {
      const { examine } = await import('./examine.ts')
      return examine(db, databaseUrl)
    },
    async size(db) {
      const { rows } = await sql<{ bytes: number }>`
        select pg_database_size(current_database()) as bytes`.execute(db)
      const { spreadBytes } = await import('./cluster/spread-bytes.ts')
      return { bytes: rows[0]!.bytes + (await spreadBytes(db)), freeBytes: undefined }
    },
    // A server answers for its own files.
    checkInPlace() {},
  }
  return dialect
}
