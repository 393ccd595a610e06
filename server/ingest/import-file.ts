import { AppError } from '../../shared/app-error.ts'
import {
  maxRejectedRowsKept,
  maxRejectedTextLength,
  type ImportKind,
  type ImportProgress,
  type ImportRecord,
} from '../../shared/import.ts'
import type { ImportId } from '../../shared/ids.ts'
import type { Db } from '../database/connect.ts'
import {
  completeImport,
  failImport,
  getImport,
  insertImport,
  updateImportCounts,
} from '../database/imports.ts'
import { insertRejectedRows, type Rejection } from '../database/rejected-rows.ts'
import { createBusinessHoursRows } from './business-hours-rows.ts'
import type { ImportFile } from './find-files.ts'
import { readHeader, type Header } from './header.ts'
import type { TakenLines } from './line-blocks.ts'
import { createPollRows } from './poll-rows.ts'
import { readRecords, type RecordBlock } from './records.ts'
import type { RowCollector } from './row-collector.ts'
import { openSource, type Source } from './source.ts'
import { createTimezoneRows } from './timezone-rows.ts'

/**
 * How many accepted rows go into the database at once: all of a file, or none, up to here. The polls of a larger file are
 * put aside on disk while it is read, and go in in steps of at most as many, one range of stores after the other. It
 * bounds the memory (some 100 MB of polls) and the time for which others wait to write.
 */
const maxRowsPerStep = 8_000_000

export interface ImportOptions {
  readonly now: () => number
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly blockBytes?: number | undefined
  readonly maxRecordBytes?: number | undefined
  readonly rowsPerStep?: number | undefined
}

/**
 * Imports a file, and returns the record of it. The record is there before the file is read, and says so if the import
 * fails. The file is read and checked outside any transaction, so that others wait only while its rows are written.
 */
export async function importFile(
  db: Db,
  file: ImportFile & { readonly source?: string | undefined },
  options: ImportOptions,
): Promise<ImportRecord> {
  const { now } = options
  const source = file.source ?? file.path
  await using content = await openSource(file.path, options.blockBytes)
  const importId = await insertImport(db, {
    source,
    kind: file.kind,
    bytes: content.bytesTotal,
    startedAt: now(),
  })
  try {
    await importContent(db, { importId, source, file, content }, options)
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
  readonly content: Source
}

async function importContent(
  db: Db,
  { importId, source, file, content }: RunningImport,
  options: ImportOptions,
): Promise<void> {
  const { now, onProgress, signal, maxRecordBytes, rowsPerStep = maxRowsPerStep } = options
  const header = await headerOf(file)
  using rows = disposable(rowCollectors[file.kind](header))
  const rejections: Rejection[] = []
  let rejected = 0

  function reject(rejection: Rejection): void {
    rejected++
    if (rejections.length < maxRejectedRowsKept) rejections.push(kept(rejection))
  }

  function tellProgress(rowsStored: number): void {
    onProgress?.({
      source,
      bytesRead: content.bytesRead(),
      bytesTotal: Math.max(content.bytesTotal, content.bytesRead()),
      rowsRead: rows.size() + rejected,
      rowsStored,
    })
  }

  const takeFirst = rows.takeFirst && takenAfter(header, rows.takeFirst)
  const recordOptions = { maxRecordBytes, mayHaveLines: mayHaveLines(header), takeFirst }
  for await (const block of readRecords(content.chunks, recordOptions)) {
    throwIfStopped(signal)
    collectRows(block, header, rows, reject)
    rows.keepInMemory?.(rowsPerStep)
    tellProgress(0)
  }
  const sha256 = content.sha256()

  let stored = 0
  let changed = 0
  const steps = rows.steps(rowsPerStep)
  for (const [i, step] of steps.entries()) {
    throwIfStopped(signal)
    const change = step.prepare()
    const isLast = i === steps.length - 1
    stored += step.rows
    changed += await db.transaction().execute(async (transaction) => {
      const changedInStep = await change(transaction)
      const counts = { accepted: stored, changed: changed + changedInStep, rejected }
      await updateImportCounts(transaction, importId, counts)
      if (isLast) {
        await insertRejectedRows(transaction, importId, rejections)
        await completeImport(transaction, importId, { bytes: content.bytesRead(), sha256, finishedAt: now() })
      }
      return changedInStep
    })
    tellProgress(stored)
  }
}

function disposable(rows: RowCollector): RowCollector & Disposable {
  return { ...rows, [Symbol.dispose]: () => rows[Symbol.dispose]?.() }
}

const rowCollectors: Record<ImportKind, (header: Header) => RowCollector> = {
  polls: createPollRows,
  'business-hours': createBusinessHoursRows,
  timezones: createTimezoneRows,
}

async function headerOf(file: ImportFile): Promise<Header> {
  const header = await readHeader(file.path)
  if (header.kind === file.kind) return header
  throw new AppError('conflict', `${file.path} no longer has a header of ${file.kind}: import it again`)
}

/** `take` for what comes after the header's line, that and those before it being taken, too. */
function takenAfter({ line }: Header, take: (bytes: Buffer) => TakenLines): (bytes: Buffer) => TakenLines {
  let linesLeft = line
  return (bytes) => {
    const linesBefore = linesLeft
    let start = 0
    for (; linesLeft > 0 && start < bytes.length; linesLeft--) start = bytes.indexOf('\n', start) + 1
    const { lineCount, byteCount } = take(bytes.subarray(start))
    return { lineCount: linesBefore - linesLeft + lineCount, byteCount: start + byteCount }
  }
}

/** Whether a row of several lines can be right: its line breaks are in columns that are not read. */
function mayHaveLines({ width, columns }: Header): ((fields: readonly string[]) => boolean) | undefined {
  const hasOtherColumns = columns.filter((column) => column >= 0).length < width
  if (!hasOtherColumns) return undefined
  return (fields) => fields.length === width && columns.every((column) => !fields[column]?.includes('\n'))
}

/** Gives the rows of a block to their collector, up to and including none of the header. */
function collectRows(
  block: RecordBlock,
  header: Header,
  collector: RowCollector,
  reject: (rejection: Rejection) => void,
): void {
  const { rows } = block
  const { width } = header
  let i = 0
  while (i < rows.length && block.line(i) <= header.line) i++
  for (; i < rows.length; i++) {
    const fields = rows[i]!
    const isBlank = fields.length === 1 && fields[0] === ''
    if (isBlank) continue
    const reason =
      fields.length === width
        ? collector.take(fields)
        : (block.problem(i) ?? widthProblem(fields.length, width))
    if (reason !== undefined) reject({ line: block.line(i), reason, text: block.text(i) })
  }
}

function widthProblem(count: number, width: number): string {
  return `the row has ${count} ${count === 1 ? 'field' : 'fields'}, the header ${width}`
}

/** A rejection as it is kept: cut, fit for any database, and in memory of its own. */
function kept({ line, reason, text }: Rejection): Rejection {
  return { line, reason: storable(reason), text: storable(text.slice(0, maxRejectedTextLength)) }
}

function storable(text: string): string {
  return Buffer.from(text.replaceAll('\0', '\uFFFD')).toString()
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new AppError('unavailable', 'stopped; import the file again to complete it', { cause: signal.reason })
}

function failureOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
