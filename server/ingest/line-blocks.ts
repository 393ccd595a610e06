const LINE_FEED = 10
const EMPTY = Buffer.alloc(0)

/** Lines that follow each other in a file, without their ends. */
export interface LineBlock {
  /** The number of the first one; a file starts with line 1. */
  readonly firstLine: number
  readonly lines: readonly string[]
  readonly hasQuotes: boolean
  /** The block is the start of a single line that is longer than allowed. */
  readonly tooLong: boolean
}

/**
 * The lines of a file in blocks about as large as the chunks in which it is read. Lines end in LF or CRLF, the last one
 * may end with the file. No more than a chunk and a line is kept in memory, and no line longer than `maxLineBytes`.
 */
export async function* lineBlocks(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<LineBlock> {
  let firstLine = 1
  let unfinished: Buffer = EMPTY
  let isSkipping = false
  for await (const bytes of chunks) {
    let chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const firstEnd = chunk.indexOf(LINE_FEED)
    const firstLineBytes = unfinished.length + (firstEnd < 0 ? chunk.length : firstEnd)
    if (!isSkipping && firstLineBytes > maxLineBytes) {
      const start = Buffer.concat([unfinished, chunk]).toString('utf8', 0, maxLineBytes)
      yield { firstLine, lines: [start], hasQuotes: false, tooLong: true }
      unfinished = EMPTY
      isSkipping = true
    }
    if (isSkipping) {
      if (firstEnd < 0) continue
      chunk = chunk.subarray(firstEnd + 1)
      firstLine++
      isSkipping = false
    }

    const end = chunk.lastIndexOf(LINE_FEED)
    if (end < 0) {
      unfinished = Buffer.concat([unfinished, chunk])
      continue
    }
    const block = blockOf(firstLine, Buffer.concat([unfinished, chunk.subarray(0, end)]))
    unfinished = Buffer.from(chunk.subarray(end + 1))
    yield block
    firstLine += block.lines.length
  }
  if (unfinished.length > 0) yield blockOf(firstLine, unfinished)
}

/** The lines of some bytes that end where a line does, but without its LF. */
function blockOf(firstLine: number, bytes: Buffer): LineBlock {
  const text = bytes.toString('utf8')
  const withLf = text.includes('\r') ? `${text}\n`.replaceAll('\r\n', '\n').slice(0, -1) : text
  return { firstLine, lines: withLf.split('\n'), hasQuotes: text.includes('"'), tooLong: false }
}
