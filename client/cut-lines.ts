/** What pushed bytes are: lines of CSV or JSON, or one JSON text, which is not to be cut. */
export type LinesFormat = 'csv' | 'ndjson' | 'json'

export interface LineCutter {
  /** The bytes in pieces of whole lines; the last line may have no end. */
  readonly pieces: AsyncGenerator<Uint8Array>
  /** Known as soon as there is a piece that is not blank. */
  format(): LinesFormat | undefined
}

const PIECE_BYTES = 128 * 1024
/** A longer line is none, and an array may not be longer: it is given as it is, to be refused. */
const MOST_LINE_BYTES = 1024 * 1024
const MOST_ARRAY_BYTES = 16 * 1024 * 1024

const LINE_FEED = 0x0a
const SPACE = 0x20
const OPENING_BRACKET = 0x5b
const OPENING_BRACE = 0x7b

export function createLineCutter(chunks: AsyncIterable<Uint8Array>): LineCutter {
  let format: LinesFormat | undefined

  async function* pieces(): AsyncGenerator<Uint8Array> {
    let parts: Uint8Array[] = []
    let length = 0
    for await (const chunk of chunks) {
      parts.push(chunk)
      length += chunk.length
      const hasLine = chunk.includes(LINE_FEED)
      const most = format === 'json' ? MOST_ARRAY_BYTES : MOST_LINE_BYTES
      if (length <= most && (!hasLine || format === 'json')) continue
      let bytes = joined(parts)
      format ??= formatOf(hasLine ? bytes.subarray(0, bytes.lastIndexOf(LINE_FEED) + 1) : bytes)
      while (format !== 'json' || bytes.length > MOST_ARRAY_BYTES) {
        const end = format === 'json' ? bytes.length : endOfPiece(bytes)
        if (end === 0) break
        yield bytes.subarray(0, end)
        bytes = bytes.subarray(end)
      }
      parts = [bytes]
      length = bytes.length
    }
    if (length === 0) return
    const rest = joined(parts)
    format ??= formatOf(rest)
    yield rest
  }

  return { pieces: pieces(), format: () => format }
}

/** Where the lines end that fit into a piece; 0 where none is whole. */
function endOfPiece(bytes: Uint8Array): number {
  const end = bytes.lastIndexOf(LINE_FEED, PIECE_BYTES - 1) + 1 || bytes.indexOf(LINE_FEED) + 1
  return end === 0 && bytes.length > MOST_LINE_BYTES ? bytes.length : end
}

/** What the first of these bytes that is no space tells; undefined where all are. */
function formatOf(bytes: Uint8Array): LinesFormat | undefined {
  const start = bytes.findIndex((byte) => byte > SPACE)
  if (start < 0) return undefined
  if (bytes[start] === OPENING_BRACKET) return 'json'
  if (bytes[start] !== OPENING_BRACE) return 'csv'
  // A poll that is written over several lines.
  const end = bytes.indexOf(LINE_FEED, start)
  return end > 0 && isBlank(bytes.subarray(start + 1, end)) ? 'json' : 'ndjson'
}

/** The lines of CSV up to the header: blank ones, and one that says what separates fields. All where there is no whole one. */
export function headOf(lines: Uint8Array): Uint8Array {
  const start = new TextDecoder('latin1').decode(lines.subarray(0, 64 * 1024))
  const [head] = /^(?:(?:\xEF\xBB\xBF)?(?:[ \t\r]*|"?sep=.[^\n]*)\n)*[^\n]*\n/i.exec(start) ?? []
  return lines.slice(0, head?.length ?? lines.length)
}

export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte <= SPACE)
}

export function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let i = bytes.indexOf(LINE_FEED); i >= 0; i = bytes.indexOf(LINE_FEED, i + 1)) lines++
  return lines
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
