const encodings = [
  { encoding: 'utf-16le', mark: [0xff, 0xfe] },
  { encoding: 'utf-16be', mark: [0xfe, 0xff] },
] as const

/** Content in UTF-8: what starts with the byte-order mark of UTF-16 is written anew, all else is passed on as it is. */
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
  const found = encodings.find(({ mark }) => mark.every((byte, i) => start[i] === byte))
  return found && new TextDecoder(found.encoding)
}
