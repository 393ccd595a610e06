const encodings = [
  { encoding: 'utf-16le', mark: [0xff, 0xfe], lowByte: 0 },
  { encoding: 'utf-16be', mark: [0xfe, 0xff], lowByte: 1 },
] as const
type Utf16 = (typeof encodings)[number]

/** How many bytes are looked at where there is no mark: some of a header, whose names are ASCII. */
const MOST_BYTES_LOOKED_AT = 32
const LEAST_BYTES_LOOKED_AT = 4

/**
 * Content in UTF-8: what starts with the byte-order mark of UTF-16, or with ASCII that has a NUL beside each character, is
 * written anew, all else is passed on as it is.
 */
export async function* inUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined
  let isFirst = true
  for await (const chunk of chunks) {
    if (isFirst) decoder = decoderOf(chunk)
    isFirst = false
    yield decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }))
  }
  const rest = decoder?.decode()
  if (rest) yield Buffer.from(rest)
}

function decoderOf(start: Uint8Array): TextDecoder | undefined {
  const found = encodings.find((utf16) => isMarked(start, utf16) || isAsciiIn(start, utf16))
  return found && new TextDecoder(found.encoding)
}

function isMarked(start: Uint8Array, { mark }: Utf16): boolean {
  return mark.every((byte, i) => start[i] === byte)
}

function isAsciiIn(start: Uint8Array, { lowByte }: Utf16): boolean {
  const bytes = start.subarray(0, MOST_BYTES_LOOKED_AT)
  if (bytes.length < LEAST_BYTES_LOOKED_AT) return false
  return bytes.every((byte, i) => (i % 2 === lowByte ? byte > 0 && byte < 0x80 : byte === 0))
}
