import { AppError } from '../../../shared/app-error.ts'
import { maxRejectionsTold, type PushRejection, type PushResult } from '../../../shared/push.ts'
import type { Push, PushBody } from './push-message.ts'
import type { Pusher } from './pusher.ts'
import { unpacked, type Packing } from './unpacked.ts'

/** Pieces of lines are about so large: large enough that what is done for each does not matter. */
const PIECE_BYTES = 1024 * 1024
/** An array cannot be taken apart, so it is limited; lines are not. */
const MOST_ARRAY_BYTES = 16 * 1024 * 1024
/** So many pieces of a body are under way at once. */
const PIECES_AT_ONCE = 4
/** For how long a body in the middle waits for room, and how often it looks. */
const BUSY_LOOKS = 600
const BUSY_PAUSE_MS = 100

const LINE_FEED = 10
const { '[': OPENING_BRACKET, '{': OPENING_BRACE } = { '[': 0x5b, '{': 0x7b }

export type PushFormat = PushBody['format']

/** Polls that are sent, whole or in pieces. */
export interface PushStream {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Undefined where nobody said: what they begin with tells then. */
  readonly format: PushFormat | undefined
  readonly packing: Packing | undefined
  readonly source: string
  /** Only for what is no longer than a piece may be. */
  readonly key?: string | undefined
  readonly now: () => number
}

/**
 * Pushes a body of any length, in groups of lines that are written each as a whole. Where it is broken off, or this throws
 * in the middle, what was written stays; all of it may be sent again. Throws a `rejected` AppError where no poll keeps the
 * rules.
 */
export async function pushStream(pusher: Pusher, stream: PushStream): Promise<PushResult> {
  const { source, key, now } = stream
  const sum = createSum()
  const underWay: Promise<PushResult>[] = []
  for await (const { piece, isOnly } of pieces(stream)) {
    if (key !== undefined && !isOnly) {
      throw new AppError(
        'too-large',
        'a push with a key has at most 1 MiB of lines, or an array of 16 MiB: send it in several, or without a key, as polls that come again change nothing',
      )
    }
    underWay.push(pushWhenThereIsRoom(pusher, { ...piece, source, key, takenInAt: now() }, isOnly))
    underWay.at(-1)!.catch(() => {}) // whoever waits for it has the error
    if (underWay.length === PIECES_AT_ONCE) sum.add(await nextOf(underWay, sum))
  }
  while (underWay.length > 0) sum.add(await nextOf(underWay, sum))
  const result = sum.total()
  if (result.accepted === 0) throw nothingGood(result)
  return result
}

async function nextOf(underWay: Promise<PushResult>[], sum: Sum): Promise<PushResult> {
  try {
    return await underWay.shift()!
  } catch (error) {
    const { accepted } = sum.total()
    if (!(error instanceof AppError) || accepted === 0) throw error
    throw new AppError(error.code, `${error.message} (${accepted} polls before were written)`, {
      cause: error,
    })
  }
}

/** One that is alone is refused at once. */
async function pushWhenThereIsRoom(pusher: Pusher, push: Push, isAlone: boolean): Promise<PushResult> {
  for (let looks = isAlone ? BUSY_LOOKS : 0; ; looks++) {
    try {
      return await pusher.push(push)
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'busy'
      if (!isBusy || looks >= BUSY_LOOKS) throw error
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
    }
  }
}

interface Piece {
  readonly piece: PushBody
  /** Whether it is all there is. */
  readonly isOnly: boolean
}

async function* pieces({ chunks, packing, format: said }: PushStream): AsyncGenerator<Piece> {
  let format = said
  let header: Uint8Array | undefined
  let row = 1
  let parts: Uint8Array[] = []
  let length = 0
  let isFirst = true

  function pieceOf(bytes: Uint8Array, isLast: boolean): Piece {
    const isOnly = isFirst && isLast
    const piece = {
      format: format!,
      bytes: withHeader(bytes),
      firstRow: isFirst ? 1 : row - (header ? 1 : 0),
    }
    if (isFirst && format === 'csv') header = headerLineOf(bytes)
    if (format !== 'json') row += countLines(bytes)
    isFirst = false
    return { piece, isOnly }
  }

  /** Lines of CSV say nothing without the header. */
  function withHeader(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(header === undefined || isFirst ? bytes : Buffer.concat([header, bytes]))
  }

  for await (const chunk of unpacked(chunks, packing)) {
    parts.push(Uint8Array.from(chunk))
    length += chunk.length
    if (format === undefined) {
      format = formatOf(Buffer.concat(parts))
      if (format === undefined) continue
    }
    if (format === 'json') {
      if (length <= MOST_ARRAY_BYTES) continue
      throw new AppError(
        'too-large',
        'an array of polls has at most 16 MiB: send a line for each (application/x-ndjson), or CSV, as long as you like',
      )
    }
    if (length < PIECE_BYTES) continue
    const bytes = Buffer.concat(parts)
    const end = bytes.lastIndexOf(LINE_FEED) + 1
    if (end === 0)
      throw new AppError('invalid', 'the body has a line of more than 1 MiB: a poll has some 60 bytes')
    parts = [bytes.subarray(end)]
    length = bytes.length - end
    yield pieceOf(bytes.subarray(0, end), false)
  }
  if (length === 0 && !isFirst) return
  const rest = Buffer.concat(parts)
  if (rest.every((byte) => byte <= 32)) {
    if (!isFirst) return
    throw new AppError('invalid', 'the body is empty: send polls as CSV, JSON, or a line of JSON for each')
  }
  format ??= 'csv'
  yield pieceOf(rest, true)
}

/** Undefined where nothing but space came so far. */
function formatOf(bytes: Uint8Array): PushFormat | undefined {
  const first = bytes.find((byte) => byte > 32)
  if (first === undefined) return undefined
  if (first === OPENING_BRACKET) return 'json'
  return first === OPENING_BRACE ? 'ndjson' : 'csv'
}

function headerLineOf(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(LINE_FEED) + 1)
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (const byte of bytes) if (byte === LINE_FEED) lines++
  return lines
}

interface Sum {
  add(result: PushResult): void
  total(): PushResult
}

function createSum(): Sum {
  const sum = { accepted: 0, changed: 0, repeated: 0, rejected: 0 }
  const rejections: PushRejection[] = []
  let firstPollAt: string | null = null
  let lastPollAt: string | null = null
  return {
    add(result) {
      for (const name of ['accepted', 'changed', 'repeated', 'rejected'] as const) sum[name] += result[name]
      rejections.push(...result.rejections.slice(0, maxRejectionsTold - rejections.length))
      if (firstPollAt === null || isBefore(result.firstPollAt, firstPollAt)) firstPollAt = result.firstPollAt
      if (lastPollAt === null || isBefore(lastPollAt, result.lastPollAt))
        lastPollAt = result.lastPollAt ?? lastPollAt
    },
    total: () => ({ ...sum, rejections, firstPollAt, lastPollAt }),
  }
}

function isBefore(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && Date.parse(one) < Date.parse(other)
}

function nothingGood({ rejected, rejections: [first] }: PushResult): AppError {
  if (first === undefined) return new AppError('invalid', 'the body has no polls: send at least one')
  const what = rejected === 1 ? 'the only poll cannot be taken' : `none of the ${rejected} polls can be taken`
  return new AppError('rejected', `${what}: in row ${first.row}, ${first.reason}`)
}
