/** PostgreSQL's binary forms: of `copy`, and of arrays. Numbers are big-endian. */

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
/** The signature, flags, and the length of an extension that there is not. */
const HEADER_BYTES = SIGNATURE.length + 4 + 4
const PIECE_BYTES = 64 * 1024

/** A message's letter and its length without that. */
const MESSAGE_HEAD_BYTES = 5
const ROW_MESSAGE = 'd'.charCodeAt(0)
const NO_MORE_ROWS = -1

/** Where the rows begin in the messages of `copy … to stdout (format binary)`. */
export function* rowsOfCopy(messages: Buffer): Generator<number> {
  let toHeader = HEADER_BYTES
  for (let at = 0; ; at += 1 + messages.readUInt32BE(at + 1)) {
    if (messages[at] !== ROW_MESSAGE) continue
    const row = at + MESSAGE_HEAD_BYTES + toHeader
    toHeader = 0 // it is only in the first
    if (messages.readInt16BE(row) === NO_MORE_ROWS) return
    yield row
  }
}

/** What `copy … from stdin (format binary)` is given: rows of fields, in pieces. */
export function* copyPieces(rows: readonly (readonly Uint8Array[])[]): Generator<Uint8Array> {
  const start = Buffer.alloc(HEADER_BYTES)
  start.set(SIGNATURE)
  yield* inPieces([start, ...rows.flatMap(rowParts), Buffer.from([0xff, 0xff])])
}

function rowParts(fields: readonly Uint8Array[]): Uint8Array[] {
  const count = Buffer.allocUnsafe(2)
  count.writeInt16BE(fields.length)
  return [count, ...fields.flatMap((field) => [int4(field.byteLength), field])]
}

function* inPieces(parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  let piece: Uint8Array[] = []
  let length = 0
  for (const part of parts) {
    piece.push(part)
    length += part.byteLength
    if (length < PIECE_BYTES) continue
    yield Buffer.concat(piece, length)
    piece = []
    length = 0
  }
  yield Buffer.concat(piece, length)
}

/** An array without nulls, of one dimension; `type` is the OID of its elements. */
export function binaryArray(type: number, elements: readonly Uint8Array[]): Buffer {
  const firstIndex = 1
  const head = Buffer.concat([1, 0, type, elements.length, firstIndex].map(int4))
  return Buffer.concat([head, ...elements.flatMap((element) => [int4(element.byteLength), element])])
}

export function int4(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}
