import type {
  Dialect as KyselyDialect,
  DialectAdapter,
  Kysely,
  QueryExecutorProvider,
  RawBuilder,
  SqlBool,
  Transaction,
} from 'kysely'
import type { ColumnTypes } from '../../../migrations/column-types.ts'
import type { StoreLabel } from '../../../shared/group.ts'
import type { StoreId } from '../../../shared/ids.ts'
import type { Words } from '../../uptime/words.ts'
import type { Database } from '../schema.ts'
import type { ClusterStatus, SpreadPolls } from './cluster.ts'

export type Db = Kysely<Database>

/** How a connection is to be used. */
export interface Access {
  readonly readOnly: boolean
  /** Whether the database is made where there is none, as far as a program can. */
  readonly mayCreate: boolean
  /** Whether writing on this connection may take the time to tidy the file up. */
  readonly checkpoints: boolean
  /** Whether it is checked that nothing refers to what is removed, which looks through all polls for a store. */
  readonly checksReferences: boolean
  /** Whether a commit survives a power cut, not only a killed process. */
  readonly durable: boolean
  /** Whether the connection keeps little of what it reads, as whoever reads it keeps it. */
  readonly keepsLittle: boolean
  /** For how long a statement waits for the lock of another writer, before it fails as `unavailable`. */
  readonly patienceMs: number
}

/** Stores that follow each other in `store_id`: from the first to before the next, or to the last. */
export interface PartStores {
  readonly firstStoreId: StoreId
  readonly nextStoreId: StoreId | null
  /** Only those that are in all of these groups. */
  readonly labels?: readonly StoreLabel[] | undefined
}

/** A store and the key of its rules; null where none are known. */
export interface StoreRules {
  readonly storeKey: number
  readonly storeId: StoreId
  readonly scheduleKey: number | null
}

/** The schedule that a store is given. */
export interface StoreScheduleKey {
  readonly storeKey: number
  readonly scheduleKey: number
}

/** The rows of some stores in a week: each store's words, followed by their checksum. */
export interface PackedWords {
  readonly storeKeys: readonly number[]
  /** Of the store at a place: its words are those from `from` to before `to` there. */
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly words: Words
}

/** What is stored of a part of a report, or a part of what is. */
export interface StoredPart {
  readonly reportKey: number
  readonly part: number
  readonly what: 'csv' | 'totals' | 'uncorrected' | 'states'
}

/** Tables of packed words by week and store, and the column that has them: polls, or totals that are kept. */
export const packedColumns = { poll_week: 'polls', kept_totals: 'totals' } as const
export type PackedTable = keyof typeof packedColumns

/** A row of such a table that is to be written: these properties, in this order. */
export interface PackedRow {
  readonly week: number
  readonly storeKey: number
  readonly bytes: Uint8Array
}

/** The first batch and the last one that have rows in a place of the tail. */
export interface BatchRange {
  readonly week: number
  readonly chunk: number
  readonly firstBatch: number
  readonly lastBatch: number
}

/** Who hears what the processes on a database announce. */
export interface Listener {
  heard(announced: string): void
  /** Something may have been announced that was not heard. */
  missed(): void
}

/** What a server says of itself to whoever looks at all that are on a database. */
export interface Self {
  readonly version: string
  readonly now: () => number
}

/** What a database says of itself to whoever looks whether all is well. */
export interface Examination {
  readonly version: string
  readonly integrity: { readonly isWhole: boolean; readonly what: string }
  /** Which servers work on it; undefined where there are none, or that is not known. */
  readonly servers?: string
  /** Settings that are not as they should be. */
  readonly problems: readonly { readonly what: string; readonly remedy: string }[]
}

export interface DatabaseSize {
  readonly bytes: number
  readonly freeBytes: number | undefined
}

export interface BackUpOptions {
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void
  readonly signal: AbortSignal
}

/** A cluster that a database may be of, and over whose machines its polls are spread. */
export interface Cluster {
  /**
   * Spreads polls over the machines there are; done again, over those that were added, too. Throws an AppError where that cannot be, or
   * others are at work on the database.
   */
  spreadPolls(db: Db, shards: number | undefined): Promise<SpreadPolls>
  /** Undefined where the database is of no cluster. */
  clusterStatus(db: Db): Promise<ClusterStatus | undefined>
}

/**
 * What a kind of database does in a way of its own; all other SQL is the same on each. Its statements throw AppErrors for
 * what is not the program's fault: `unavailable` where another writes for too long, the disk is full or the database cannot
 * be reached, `damaged` where it is.
 */
export interface Dialect {
  readonly columnTypes: ColumnTypes
  /** The database's own clock, in epoch milliseconds: the same for all that work on it. */
  readonly clock: RawBuilder<number>
  /** A text up to where a marker stands in it; all of it where that is not in it. */
  textBefore(text: RawBuilder<string>, marker: string): RawBuilder<string>
  /** How many rows of polls are best written, and read to be merged, at once. */
  readonly pollRowsAtOnce: number
  /** Whether many write at once, and lock rows, so that processes can share what is to be done. */
  readonly locksRows: boolean
  /** Whether a statement may have others within it that write. */
  readonly joinsWrites: boolean
  /** How many parts of a report a thread best does at once: more are fewer questions, and keep other work waiting longer. */
  readonly reportPartsAtOnce: number
  /** A database as Kysely speaks to it. Throws an AppError that says what is wrong with the URL or the database. */
  open(databaseUrl: string, access: Access): Promise<KyselyDialect>
  /** Waits until no other transaction has `what`, and keeps it until this one ends. */
  lock(transaction: Transaction<Database>, what: string): Promise<void>
  /** To be called when all is written, before a transaction that has `what` commits. */
  beforeCommit(transaction: Transaction<Database>): Promise<void>
  /** Keeps others from `lock`ing it until this transaction ends, unless one of them has it: false. Does not wait. */
  tryToShare(transaction: Transaction<Database>, what: string): Promise<boolean>
  /**
   * Makes all tables of a database that has none at once, where that takes less time than migrations, unless it is about
   * some that are not known: the names of those that it did the work of.
   */
  makeNew(db: Db, known: readonly string[]): Promise<string[]>
  /** Called before a migration in its transaction. */
  beginMigration(transaction: Kysely<unknown>): Promise<void>
  /** Lets a transaction be idle for so long, or for ever with 0: otherwise its locks are taken for those of a machine that is gone. */
  allowIdle(transaction: QueryExecutorProvider, ms: number): Promise<void>
  /** Reads stores in ascending order of id. */
  readStoreRules(db: Db, stores: PartStores): Promise<StoreRules[]>
  /** Gives stores, which there are, other schedules. */
  writeScheduleKeys(transaction: Db, stores: readonly StoreScheduleKey[]): Promise<void>
  /** Reads the rows of stores, whose keys are in ascending order, in each of some weeks; perhaps of other stores, too. */
  readPacked(
    db: Db,
    table: PackedTable,
    weeks: readonly number[],
    storeKeys: readonly number[],
  ): Promise<PackedWords[]>
  /** Writes rows in place of those that are there; of a new week, none are. */
  writePacked(
    transaction: Db,
    table: PackedTable,
    rows: readonly PackedRow[],
    isNewWeek: boolean,
  ): Promise<void>
  /**
   * Narrows down which rows of `poll_week` are meant by whose they are: on a database that is spread over machines that tells
   * which of them have any.
   */
  inChunksOf(storeKeys: readonly number[]): RawBuilder<SqlBool>
  /** Of those places in the tail that have any. */
  readBatchRanges(db: Db, weeks: readonly number[], chunks: readonly number[]): Promise<BatchRange[]>
  /** Reads what is stored of a part of a report, and the CRC-32 that it had; undefined where there is none. */
  readPart(db: Db, stored: StoredPart): Promise<{ bytes: Uint8Array; checksum: number | null } | undefined>
  /**
   * Backs the database up to a file, while it is in use; its size in bytes. The file is there as a whole, and checked, or
   * not at all. Throws an AppError where that cannot be, or is done with the database's own tools.
   */
  backUp(databaseUrl: string, file: string, options: BackUpOptions): Promise<number>
  /** Loaded when it is asked for; undefined where a database is on one machine alone. */
  readonly cluster: (() => Promise<Cluster>) | undefined
  /** Hears what is announced (`ColumnTypes.announce`) until it is disposed of; undefined where nothing ever is. */
  listen(databaseUrl: string, listener: Listener, self?: Self): AsyncDisposable | undefined
  /** How many bytes it takes on disk, and how many of them are free for what is written next; undefined where that is not known. */
  size(db: Db): Promise<DatabaseSize>
  examine(db: Db, databaseUrl: string): Promise<Examination>
  /** Throws an `unavailable` AppError where the database is no longer the one that was opened. */
  checkInPlace(db: Db): void
}

/** Kysely's adapter is what all transactions of a database share, so that it carries the dialect. */
export interface AdapterOfDialect extends DialectAdapter {
  readonly dialect: Dialect
}

export function dialectOf(db: Db): Dialect {
  return (db.getExecutor().adapter as AdapterOfDialect).dialect
}
