import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { AppError } from '../../shared/app-error.ts'
import type { ImportId } from '../../shared/ids.ts'
import type { ImportProgress, ImportRecord } from '../../shared/import.ts'
import { setBusinessHours } from '../database/business-hours.ts'
import type { Db } from '../database/connect.ts'
import {
  completeImport,
  failImport,
  getImport,
  insertImport,
  updateImportCounts,
} from '../database/imports.ts'
import { insertRejectedRows } from '../database/rejected-rows.ts'
import { setRules } from '../database/stores.ts'
import { createBusinessHoursRows } from './business-hours-rows.ts'
import type { ImportFile } from './find-files.ts'
import { readHeader, type Header } from './header.ts'
import { mergePolls } from './merge-polls.ts'
import { startPollReader, type PollReader } from './poll-reader.ts'
import { createPollRows } from './poll-rows.ts'
import { readRows, type HashedRows, type ReadLimits, type ReadOptions } from './read-rows.ts'
import { cannotRead } from './source.ts'
import { throwIfStopped } from './stop.ts'
import type { RowCollector } from './row-collector.ts'
import { createTimezoneRows } from './timezone-rows.ts'

/**
 * How many accepted rows go into the database at once: all of a file, or none, up to here. The polls of a larger file are
 * put aside on disk while it is read, and go in in steps of at most as many, one range of stores after the other. It
 * bounds the memory (some 100 MB of polls) and the time for which others wait to write.
 */
const maxRowsPerStep = 8_000_000

/** From which size on polls are read by a thread of their own: to start it costs as much as to read some MiB. */
const threadFromBytes = 16 * 1024 * 1024

export interface ImportOptions {
  readonly now: () => number
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly blockBytes?: number | undefined
  readonly maxRecordBytes?: number | undefined
  readonly rowsPerStep?: number | undefined
  readonly threadFromBytes?: number | undefined
}

/**
 * Begins to read a file, if that is worth a thread. For what comes before it to be imported meanwhile: nothing is written
 * before `importFile`. Disposing ends it.
 */
export async function readAhead(file: ImportFile, options: ImportOptions): Promise<PollReader | undefined> {
  if (file.kind !== 'polls') return undefined
  const bytes = await sizeOf(file)
  if (bytes < (options.threadFromBytes ?? threadFromBytes)) return undefined
  const header = await headerOf(file)
  return startPollReader({ path: file.path, bytes, header, limits: limitsOf(options) }, options.signal)
}

/**
 * Imports a file, and returns the record of it. The record is there before the file is read, and says so if the import
 * fails. The file is read and checked outside any transaction, so that others wait only while its rows are written.
 */
export async function importFile(
  db: Db,
  file: ImportFile & { readonly source?: string | undefined },
  options: ImportOptions,
  reader?: PollReader,
): Promise<ImportRecord> {
  const { now } = options
  const source = file.source ?? file.path
  const bytes = await sizeOf(file)
  const importId = await insertImport(db, { source, kind: file.kind, bytes, startedAt: now() })
  try {
    await importContent(db, { importId, source, file, bytes, reader }, options)
  } catch (error) {
    await failImport(db, importId, { failure: failureOf(error), finishedAt: now() })
    throw error
  }
  return await getImport(db, importId)
}

interface RunningImport {
  readonly importId: ImportId
  readonly source: string
  readonly file: ImportFile
  readonly bytes: number
  readonly reader: PollReader | undefined
}

async function importContent(
  db: Db,
  { importId, source, file, bytes, reader }: RunningImport,
  options: ImportOptions,
): Promise<void> {
  const { now, onProgress, signal } = options
  let read = { bytesRead: 0, rowsRead: 0 }

  function tellProgress(rowsStored: number): void {
    onProgress?.({ source, ...read, bytesTotal: Math.max(bytes, read.bytesRead), rowsStored })
  }

  const readOptions: ReadOptions = {
    ...limitsOf(options),
    signal,
    onProgress(progress) {
      read = progress
      tellProgress(0)
    },
  }
  await using content = await readChanges(file, readOptions, reader)
  const { rejected, rejections, steps } = content
  read = { bytesRead: content.bytes, rowsRead: rejected + steps.reduce((sum, { rows }) => sum + rows, 0) }
  tellProgress(0)

  let stored = 0
  let changed = 0
  for (const [i, step] of steps.entries()) {
    throwIfStopped(signal)
    const change = await step.prepare()
    throwIfStopped(signal)
    const isLast = i === steps.length - 1
    stored += step.rows
    changed += await db.transaction().execute(async (transaction) => {
      const changedInStep = await change(transaction)
      const counts = { accepted: stored, changed: changed + changedInStep, rejected }
      await updateImportCounts(transaction, importId, counts)
      if (isLast) {
        await insertRejectedRows(transaction, importId, rejections)
        const sha256 = await content.sha256()
        await completeImport(transaction, importId, { bytes: content.bytes, sha256, finishedAt: now() })
      }
      return changedInStep
    })
    tellProgress(stored)
  }
}

/** Makes a change, and returns how many of its rows changed something. Runs in a transaction. */
type Change = (transaction: Db) => Promise<number>

/** Reads a file: what it changes. */
async function readChanges(
  file: ImportFile,
  options: ReadOptions,
  reader: PollReader | undefined,
): Promise<HashedRows<Change>> {
  if (reader !== undefined)
    return changesOf(await reader.read((progress) => options.onProgress?.(progress)), mergePolls)
  const header = await headerOf(file)
  switch (file.kind) {
    case 'polls':
      return changesOf(await readHashed(file, header, createPollRows(header), options), mergePolls)
    case 'business-hours':
      return changesOf(
        await readHashed(file, header, createBusinessHoursRows(header), options),
        (db, { rules, stores }) => setBusinessHours(db, rules, stores),
      )
    case 'timezones':
      return changesOf(await readHashed(file, header, createTimezoneRows(header), options), (db, rules) =>
        setRules(db, 'timezone', rules),
      )
  }
}

async function readHashed<Data>(
  { path }: ImportFile,
  header: Header,
  rows: RowCollector<Data>,
  options: ReadOptions,
): Promise<HashedRows<Data>> {
  const hash = createHash('sha256')
  const read = await readRows(path, header, rows, { ...options, hash })
  const sha256 = hash.digest('hex')
  return { ...read, sha256: () => Promise.resolve(sha256) }
}

function changesOf<Data>(
  read: HashedRows<Data>,
  change: (transaction: Db, data: Data) => Promise<number>,
): HashedRows<Change> {
  const steps = read.steps.map(({ rows, prepare }) => ({
    rows,
    async prepare(): Promise<Change> {
      const data = await prepare()
      return (transaction) => change(transaction, data)
    },
  }))
  return { ...read, steps }
}

function limitsOf({ blockBytes, maxRecordBytes, rowsPerStep = maxRowsPerStep }: ImportOptions): ReadLimits {
  return { blockBytes, maxRecordBytes, rowsPerStep }
}

async function sizeOf({ path }: ImportFile): Promise<number> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error)
  })
  return size
}

async function headerOf(file: ImportFile): Promise<Header> {
  const header = await readHeader(file.path)
  if (header.kind === file.kind) return header
  throw new AppError('conflict', `${file.path} no longer has a header of ${file.kind}: import it again`)
}

function failureOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
