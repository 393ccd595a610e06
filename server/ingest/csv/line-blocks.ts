const LINE_FEED = 10

/** Lines that follow each other in a file, without their ends. */
export interface LineBlock {
  /** The number of the first one; a file starts with line 1. */
  readonly firstLine: number
  readonly lines: readonly string[]
  readonly hasQuotes: boolean
  /** The block is the start of a single line that is longer than allowed. */
  readonly tooLong: boolean
}

/** How many lines, and bytes of them with their ends, were taken from the start of some bytes. */
export interface TakenLines {
  readonly lineCount: number
  readonly byteCount: number
}

export interface LineOptions {
  readonly maxLineBytes: number
  /** Takes lines from the start of bytes that end with a line; they are left out of the block. */
  readonly takeFirst?: ((bytes: Buffer) => TakenLines) | undefined
}

/**
 * The lines of a file in blocks about as large as the chunks in which it is read. Lines end in LF or CRLF, the last one
 * may end with the file. No more than a chunk and a line is kept in memory, and no line longer than `maxLineBytes`.
 */
export async function* lineBlocks(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes, takeFirst }: LineOptions,
): AsyncGenerator<LineBlock> {
  let firstLine = 1
  // The end of the chunks so far that has no end of line yet; behind it in the same memory, the next chunk.
  let memory = Buffer.alloc(0)
  let unfinished = 0
  let isSkipping = false
  for await (const { buffer, byteOffset, byteLength } of chunks) {
    let chunk = Buffer.from(buffer, byteOffset, byteLength)
    const firstEnd = chunk.indexOf(LINE_FEED)
    const firstLineBytes = unfinished + (firstEnd < 0 ? chunk.length : firstEnd)
    if (!isSkipping && firstLineBytes > maxLineBytes) {
      const start = Buffer.concat([memory.subarray(0, unfinished), chunk]).toString('utf8', 0, maxLineBytes)
      yield { firstLine, lines: [start], hasQuotes: false, tooLong: true }
      unfinished = 0
      isSkipping = true
    }
    if (isSkipping) {
      if (firstEnd < 0) continue
      chunk = chunk.subarray(firstEnd + 1)
      firstLine++
      isSkipping = false
    }

    const length = unfinished + chunk.length
    if (length > memory.length) memory = Buffer.concat([memory.subarray(0, unfinished)], 2 * length)
    chunk.copy(memory, unfinished)
    const end = chunk.lastIndexOf(LINE_FEED)
    if (end < 0) {
      unfinished = length
      continue
    }
    const bytes = memory.subarray(0, unfinished + end + 1)
    const taken = takeFirst?.(bytes) ?? { lineCount: 0, byteCount: 0 }
    const block = blockOf(firstLine + taken.lineCount, bytes.subarray(taken.byteCount))
    memory.copyWithin(0, bytes.length, length)
    unfinished = length - bytes.length
    yield block
    firstLine = block.firstLine + block.lines.length
  }
  if (unfinished > 0) yield blockOf(firstLine, memory.subarray(0, unfinished))
}

/** The lines of some bytes; of the last one, the end may be missing. */
function blockOf(firstLine: number, bytes: Buffer): LineBlock {
  if (bytes.length === 0) return { firstLine, lines: [], hasQuotes: false, tooLong: false }
  const raw = bytes.toString('utf8')
  const ended = raw.endsWith('\n') ? raw : `${raw}\n`
  const text = ended.includes('\r') ? ended.replaceAll('\r\n', '\n') : ended
  return { firstLine, lines: text.slice(0, -1).split('\n'), hasQuotes: text.includes('"'), tooLong: false }
}
