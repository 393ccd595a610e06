import { AppError } from '../../../shared/app-error.ts'
import { formatSize } from '../../../shared/size.ts'
import { overLimit } from '../../limits/over-limit.ts'
import { usualLimits, type FileLimits, type PushLimits } from '../../limits/setting.ts'
import { unpacked, type Packing } from '../csv/unpacked.ts'
import type { PushBody } from './push-message.ts'

/** Pieces of lines are about so large: large enough that what is done for each does not matter. */
const PIECE_BYTES = 1024 * 1024
/** So many of the largest arrays are gathered at once, by all who send some: an array cannot be taken apart, lines can. */
const ARRAYS_AT_ONCE = 8
let gatheredBytes = 0

const LINE_FEED = 0x0a
const SPACE = 0x20
const OPENING_BRACKET = 0x5b
const OPENING_BRACE = 0x7b

export type PushFormat = PushBody['format']

type BodyLimits = Pick<PushLimits, 'pushArrayBytes'> & Pick<FileLimits, 'unpackedBytes' | 'unpackedRatio'>

/** A body as it is sent. */
export interface PackedBody {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Undefined where nobody said: what it begins with tells then. */
  readonly format: PushFormat | undefined
  readonly packing: Packing | undefined
  readonly limits?: BodyLimits
}

export interface Piece {
  readonly piece: PushBody
  /** Whether it is all there is. */
  readonly isOnly: boolean
}

/**
 * A body in pieces of whole lines, or as one array. Throws an AppError for what is neither, and a `busy` one where too many
 * arrays come at once.
 */
export async function* pieces(body: PackedBody): AsyncGenerator<Piece> {
  const { pushArrayBytes } = body.limits ?? usualLimits
  let gathered = 0
  function gather(bytes: number): void {
    gathered += bytes
    gatheredBytes += bytes
    if (gathered > pushArrayBytes) throw tooLargeArray(pushArrayBytes)
    if (gatheredBytes > ARRAYS_AT_ONCE * pushArrayBytes) throw tooManyArrays()
  }
  try {
    yield* piecesOf(body, gather)
  } finally {
    gatheredBytes -= gathered
  }
}

async function* piecesOf(
  { chunks, packing, format: said, limits = usualLimits }: PackedBody,
  gatherArray: (bytes: number) => void,
): AsyncGenerator<Piece> {
  let format = said
  let parts: Uint8Array[] = []
  let length = 0
  let cutter: LineCutter | undefined
  const bytes =
    packing === undefined
      ? chunks
      : unpacked(chunks, { name: 'the body', packing, remedy: 'send it unpacked' }, limits)
  for await (const chunk of bytes) {
    parts.push(chunk)
    length += chunk.length
    format ??= formatOf(chunk)
    if (format === 'json') gatherArray(chunk.length)
    if (format === 'json' || length < PIECE_BYTES) continue
    if (format === undefined) throw tooLongLine()
    cutter ??= createLineCutter(format)
    const { piece, rest } = cutter.cut(parts)
    parts = [rest]
    length = rest.length
    yield { piece, isOnly: false }
  }
  const isBlank = parts.every((part) => part.every((byte) => byte <= SPACE))
  if (isBlank && cutter === undefined) {
    throw new AppError('invalid', 'the body is empty: send polls as CSV, JSON, or a line of JSON for each')
  }
  const isOnly = cutter === undefined
  cutter ??= createLineCutter(format ?? 'csv')
  if (!isBlank) yield { piece: cutter.last(parts), isOnly }
}

function tooLargeArray(most: number): AppError {
  return overLimit(
    'pushArrayBytes',
    `an array of polls has at most ${formatSize(most)}: send a line for each (application/x-ndjson), or CSV, as long as you like`,
    { code: 'too-large' },
  )
}

function tooManyArrays(): AppError {
  return overLimit(
    'pushArrayBytes',
    'too many arrays of polls come at once: send this again in a moment, or a line for each poll (application/x-ndjson)',
  )
}

function tooLongLine(): AppError {
  return new AppError(
    'invalid',
    'the body has a line of more than 1 MiB, or begins with as many blank ones: a poll has some 60 bytes',
  )
}

/** What the first of these bytes that is no space tells; undefined where all are. */
function formatOf(bytes: Uint8Array): PushFormat | undefined {
  const first = bytes.find((byte) => byte > SPACE)
  if (first === undefined) return undefined
  if (first === OPENING_BRACKET) return 'json'
  return first === OPENING_BRACE ? 'ndjson' : 'csv'
}

/** Makes pieces of the lines that follow each other in a body. */
interface LineCutter {
  /** A piece of all lines that end, and what is behind them. */
  cut(parts: readonly Uint8Array[]): { readonly piece: PushBody; readonly rest: Uint8Array }
  last(parts: readonly Uint8Array[]): PushBody
}

function createLineCutter(format: PushFormat): LineCutter {
  /** Lines of CSV say nothing without what is up to the header. */
  let head = new Uint8Array()
  let headLines = 0
  let row = 1
  return {
    cut(parts) {
      const bytes = joined([head, ...parts])
      const end = bytes.lastIndexOf(LINE_FEED) + 1
      if (end <= head.length) throw tooLongLine()
      const firstRow = row - headLines
      const rest = bytes.slice(end)
      const lines = bytes.subarray(head.length, end)
      if (row === 1 && format === 'csv') {
        head = headOf(lines)
        headLines = countLines(head)
      }
      row += countLines(lines)
      return { piece: { format, bytes: new Uint8Array(bytes.buffer.transfer(end)), firstRow }, rest }
    },
    last: (parts) => ({ format, bytes: joined([head, ...parts]), firstRow: row - headLines }),
  }
}

/** In memory of their own, which may be given away. */
function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let next = 0
  for (const part of parts) {
    bytes.set(part, next)
    next += part.length
  }
  return bytes
}

/** The lines up to the header: blank ones, and one that says what separates fields. */
function headOf(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const start = Buffer.from(lines.buffer, lines.byteOffset, Math.min(lines.length, 64 * 1024)).toString(
    'latin1',
  )
  const [head = ''] = /^(?:(?:\xEF\xBB\xBF)?(?:[ \t\r]*|"?sep=.[^\n]*)\n)*[^\n]*\n/i.exec(start) ?? []
  return lines.slice(0, head.length)
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let i = bytes.indexOf(LINE_FEED); i >= 0; i = bytes.indexOf(LINE_FEED, i + 1)) lines++
  return lines
}
