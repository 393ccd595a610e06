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
import { writeAlone, type WriteTx } from '../database/write-alone.ts'
import { createBusinessHoursRows } from './business-hours-rows.ts'
import type { ImportFile } from './find-files.ts'
import { readHeader, type Header } from './header.ts'
import { mergePolls } from './merge-polls.ts'
import { startPollReader, type PollReader } from './poll-reader.ts'
import { createPollRows } from './poll-rows.ts'
import { readRows, type HashedRows, type ReadLimits, type ReadOptions } from './read-rows.ts'
import { openInputFile, sha256Of, type InputFile } from './source.ts'
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

/** A file that is about to be imported. */
export interface OpenedFile extends AsyncDisposable {
  readonly file: ImportFile
  readonly input: InputFile
  /** Where it is worth a thread. */
  readonly reader: PollReader | undefined
}

/**
 * Opens a file to import, and begins to read one that is worth a thread, for what comes before it to be imported
 * meanwhile: nothing is written before `importFile`. Disposing closes it.
 */
export async function openToImport(file: ImportFile, options: ImportOptions): Promise<OpenedFile> {
  await using parts = new AsyncDisposableStack()
  const input = parts.use(await openInputFile(file.path))
  const isLarge = input.bytes >= (options.threadFromBytes ?? threadFromBytes)
  const reader = file.kind === 'polls' && isLarge ? await startReader(file, input, options) : undefined
  parts.use(reader)
  const owned = parts.move()
  return { file, input, reader, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function startReader(file: ImportFile, input: InputFile, options: ImportOptions): Promise<PollReader> {
  const { path, fd, bytes, modifiedMs } = input // without its disposal, which stays here
  const header = await headerOf(file, input)
  return startPollReader(
    { file: { path, fd, bytes, modifiedMs }, header, limits: limitsOf(options) },
    options.signal,
  )
}

/**
 * Imports a file, and returns the record of it. The record is there before the file is read, and says so if the import
 * fails. The file is read and checked outside any transaction, so that others wait only while its rows are written.
 */
export async function importFile(
  db: Db,
  opened: OpenedFile,
  options: ImportOptions & { readonly source?: string | undefined },
): Promise<ImportRecord> {
  const { file, input } = opened
  const { now, source = file.path } = options
  const importId = await insertImport(db, { source, kind: file.kind, bytes: input.bytes, startedAt: now() })
  try {
    await importContent(db, opened, { ...options, importId, source })
  } catch (error) {
    await failImport(db, importId, { failure: failureOf(error), finishedAt: now() })
    throw error
  }
  return await getImport(db, importId)
}

async function importContent(
  db: Db,
  opened: OpenedFile,
  options: ImportOptions & { readonly importId: ImportId; readonly source: string },
): Promise<void> {
  const { importId, source, now, onProgress, signal } = options
  const { bytes } = opened.input
  let read = { bytesRead: 0, rowsRead: 0 }

  function tellProgress(rowsStored: number): void {
    onProgress?.({ source, ...read, bytesTotal: bytes, rowsStored })
  }

  const readOptions: ReadOptions = {
    ...limitsOf(options),
    signal,
    onProgress(progress) {
      read = progress
      tellProgress(0)
    },
  }
  await using content = await readChanges(opened, readOptions)
  const { rejected, rejections, steps } = content
  read = { bytesRead: bytes, rowsRead: rejected + steps.reduce((sum, { rows }) => sum + rows, 0) }
  tellProgress(0)

  let stored = 0
  let changed = 0
  for (const [i, step] of steps.entries()) {
    throwIfStopped(signal)
    const change = await step.prepare()
    throwIfStopped(signal)
    const isLast = i === steps.length - 1
    // A file of one step is hashed about as fast as it is written; of a larger one, others need not wait for it.
    if (isLast && steps.length > 1) await content.sha256()
    stored += step.rows
    changed += await writeAlone(db, 'data', async (transaction) => {
      const changedInStep = await change(transaction)
      const counts = { accepted: stored, changed: changed + changedInStep, rejected }
      await updateImportCounts(transaction, importId, counts)
      if (isLast) {
        await insertRejectedRows(transaction, importId, rejections)
        const sha256 = await content.sha256()
        await completeImport(transaction, importId, { sha256, finishedAt: now() })
      }
      return changedInStep
    })
    tellProgress(stored)
  }
}

/** Makes a change, and returns how many of its rows changed something. Runs in a transaction. */
type Change = (transaction: WriteTx) => Promise<number>

/** Reads a file: what it changes. */
async function readChanges(
  { file, input, reader }: OpenedFile,
  options: ReadOptions,
): Promise<HashedRows<Change>> {
  if (reader !== undefined)
    return changesOf(await reader.read((progress) => options.onProgress?.(progress)), mergePolls)
  const header = await headerOf(file, input)
  switch (file.kind) {
    case 'polls':
      return changesOf(await readHashed(input, header, createPollRows(header), options), mergePolls)
    case 'business-hours':
      return changesOf(
        await readHashed(input, header, createBusinessHoursRows(header), options),
        (db, { rules, stores }) => setBusinessHours(db, rules, stores),
      )
    case 'timezones':
      return changesOf(await readHashed(input, header, createTimezoneRows(header), options), (db, rules) =>
        setRules(db, 'timezone', rules),
      )
  }
}

async function readHashed<Data>(
  input: InputFile,
  header: Header,
  rows: RowCollector<Data>,
  options: ReadOptions,
): Promise<HashedRows<Data>> {
  await using parts = new AsyncDisposableStack()
  const read = parts.use(await readRows(input, header, rows, options))
  const sha256 = await sha256Of(input, options.signal)
  const owned = parts.move()
  return { ...read, sha256: () => Promise.resolve(sha256), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function changesOf<Data>(
  read: HashedRows<Data>,
  change: (transaction: WriteTx, data: Data) => Promise<number>,
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

async function headerOf(file: ImportFile, input: InputFile): Promise<Header> {
  const header = await readHeader(input)
  if (header.kind === file.kind) return header
  throw new AppError('conflict', `${file.path} no longer has a header of ${file.kind}: import it again`)
}

function failureOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
