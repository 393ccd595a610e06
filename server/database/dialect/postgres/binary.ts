/** PostgreSQL's binary forms: of `copy`, and of arrays. Numbers are big-endian. */

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const PIECE_BYTES = 64 * 1024

const NO_MORE_ROWS = -1

/** Object identifiers of types. */
export const INT4 = 23
export const BYTEA = 17

/** A number of four bytes, or bytes. */
type Field = number | Uint8Array

/** What `copy … from stdin (format binary)` is given: rows of fields, in pieces. */
export function* copyPieces(rows: readonly (readonly Field[])[]): Generator<Uint8Array> {
  let piece = createPiece()
  piece.bytes(SIGNATURE)
  piece.int4(0) // flags
  piece.int4(0) // the length of an extension
  for (const fields of rows) {
    const length = fields.reduce<number>((sum, field) => sum + lengthOf(field), 2)
    if (!piece.hasRoom(length)) {
      yield piece.done()
      piece = createPiece(length)
    }
    piece.int2(fields.length)
    for (const field of fields) piece.field(field)
  }
  if (!piece.hasRoom(2)) {
    yield piece.done()
    piece = createPiece()
  }
  piece.int2(NO_MORE_ROWS)
  yield piece.done()
}

/** An array without nulls, of one dimension; `type` is the OID of its elements. */
export function binaryArray(type: number, elements: readonly Field[]): Uint8Array {
  const [dimensions, hasNulls, firstIndex] = [1, 0, 1]
  const piece = createPiece(elements.reduce<number>((sum, element) => sum + lengthOf(element), 5 * 4))
  for (const head of [dimensions, hasNulls, type, elements.length, firstIndex]) piece.int4(head)
  for (const element of elements) piece.field(element)
  return piece.done()
}

/** With its length before it. */
function lengthOf(field: Field): number {
  return 4 + (typeof field === 'number' ? 4 : field.byteLength)
}

/** Room for so many bytes, or for as many as are sent at once. */
function createPiece(room = 0) {
  const buffer = Buffer.allocUnsafe(Math.max(room, PIECE_BYTES))
  let at = 0
  function int4(value: number): void {
    at = buffer.writeInt32BE(value, at)
  }
  function bytes(value: Uint8Array): void {
    buffer.set(value, at)
    at += value.byteLength
  }
  return {
    hasRoom: (length: number) => at + length <= buffer.length,
    int2(value: number) {
      at = buffer.writeInt16BE(value, at)
    },
    int4,
    bytes,
    field(value: Field) {
      if (typeof value === 'number') {
        int4(4)
        int4(value)
      } else {
        int4(value.byteLength)
        bytes(value)
      }
    },
    done: () => buffer.subarray(0, at),
  }
}
