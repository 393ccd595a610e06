import type { AppError } from '../../../shared/app-error.ts'
import { maxRejectedRowsKept, maxRejectedTextLength } from '../../../shared/rejected-row-limits.ts'
import type { Rejection } from '../../database/rejected-rows.ts'
import type { RejectionCounts } from '../../database/rejected-summary.ts'
import type { Header } from '../csv/header.ts'
import type { TakenLines } from '../csv/line-blocks.ts'
import type { OpenFile } from '../csv/open-file.ts'
import { readRecords, type RecordBlock } from '../csv/records.ts'
import { createRejectionCounter } from './rejection-counts.ts'
import type { RowCollector, Steps } from './row-collector.ts'
import { readSource, type Source } from '../csv/source.ts'
import { overLimit } from '../../limits/over-limit.ts'
import { usualLimits, type FileLimits } from '../../limits/setting.ts'
import { throwIfStopped } from '../stop.ts'

export interface ReadLimits extends Partial<FileLimits> {
  /** How much is read and unpacked at once. */
  readonly blockBytes?: number | undefined
  readonly rowsPerStep: number
}

export interface ReadOptions extends ReadLimits {
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ReadProgress {
  readonly bytesRead: number
  readonly rowsRead: number
}

/** A file that has been read. It may have put rows aside on disk, which disposing removes. */
export interface ReadRows<Data> extends AsyncDisposable {
  /** Why nothing of the file is to be imported, where that is so. */
  readonly problem: string | undefined
  readonly rejected: number
  /** The first of the rejected rows. */
  readonly rejections: readonly Rejection[]
  /** All of them, by reason and by store. */
  readonly rejectionCounts: RejectionCounts
  readonly steps: Steps<Data>
}

export interface HashedRows<Data> extends ReadRows<Data> {
  /** SHA-256 of the file as it lies on the disk, which may take until some time after the last step is prepared. */
  sha256(): Promise<string>
}

/** Reads and checks all rows of a file, which `rows` gathers, to be disposed of with what is returned. */
export async function readRows<Data>(
  file: OpenFile,
  header: Header,
  rows: RowCollector<Data>,
  options: ReadOptions,
): Promise<ReadRows<Data>> {
  return readRowsOf(await readSource(file, options), header, rows, options)
}

/** Likewise of what comes from elsewhere. */
export async function readRowsOf<Data>(
  content: Source,
  header: Header,
  rows: RowCollector<Data>,
  options: ReadOptions,
): Promise<ReadRows<Data>> {
  const { rowsPerStep, onProgress, signal } = options
  const { rowBytes, columns, storesOfFile, rowsInVain } = { ...usualLimits, ...options }
  if (header.width > columns) throw tooManyColumns(header.width, columns)
  await using parts = new AsyncDisposableStack()
  parts.defer(() => rows[Symbol.dispose]?.())
  const rejections: Rejection[] = []
  const counter = createRejectionCounter()
  const storeAt = header.columns.store_id
  let rejected = 0
  let isGivenUp = false

  function reject(line: number, reason: string, fields: readonly string[], textOf: () => string): void {
    rejected++
    counter.count({ line, reason, fields, storeAt })
    if (rejections.length < maxRejectedRowsKept) rejections.push(kept({ line, reason, text: textOf() }))
  }

  const takeFirst = rows.takeFirst && takenAfter(header, rows.takeFirst)
  const { separator } = header
  const recordOptions = { separator, maxRecordBytes: rowBytes, mayHaveLines: mayHaveLines(header), takeFirst }
  for await (const block of readRecords(content.chunks, recordOptions)) {
    throwIfStopped(signal)
    collectRows(block, header, rows, reject)
    rows.keepInMemory?.(rowsPerStep)
    onProgress?.({ bytesRead: content.bytesRead(), rowsRead: rows.size() + rejected })
    if (Math.max(rows.storeCount(), counter.storeCount()) > storesOfFile) throw tooManyStores(storesOfFile)
    isGivenUp = rows.size() === 0 && rejected >= rowsInVain
    if (isGivenUp) break
  }
  const steps = rows.steps(rowsPerStep)
  const owned = parts.move()
  return {
    problem: rows.size() === 0 ? nothingGood(rejected, rejections[0], isGivenUp) : undefined,
    rejected,
    rejections,
    rejectionCounts: counter.counts(),
    steps,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function tooManyColumns(count: number, most: number): AppError {
  return overLimit('columns', `the file has ${count} columns, and at most ${most} are taken`, {
    code: 'too-large',
  })
}

function tooManyStores(most: number): AppError {
  const what = `the file names more than ${most} stores: import it in several`
  return overLimit('storesOfFile', what, { code: 'too-large' })
}

function nothingGood(rejected: number, first: Rejection | undefined, isGivenUp: boolean): string {
  if (first === undefined) return 'there are no rows below the header'
  const rows = isGivenUp
    ? `its first ${rejected} rows`
    : rejected === 1
      ? 'its only row'
      : `its ${rejected} rows`
  return `none of ${rows} can be taken; on line ${first.line}, ${first.reason}`
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

/** Columns of texts, in which people may break lines. */
const textColumns: readonly string[] = ['reason', 'author', 'name']

/** Whether a row of several lines can be right: its line breaks are in texts, or in columns that are not read. */
function mayHaveLines({ width, columns }: Header): ((fields: readonly string[]) => boolean) | undefined {
  const places = Object.entries<number | undefined>(columns).flatMap(([name, place]) =>
    place === undefined || textColumns.includes(name) ? [] : [place],
  )
  const hasOtherColumns = places.length < width
  if (!hasOtherColumns) return undefined
  return (fields) => fields.length === width && places.every((place) => !fields[place]!.includes('\n'))
}

/** Gives the rows of a block to their collector, up to and including none of the header. */
function collectRows(
  block: RecordBlock,
  header: Header,
  collector: RowCollector<unknown>,
  reject: (line: number, reason: string, fields: readonly string[], textOf: () => string) => void,
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
    if (reason !== undefined) reject(block.line(i), reason, fields, () => block.text(i))
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
