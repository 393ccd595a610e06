const ENOUGH_CHARACTERS = 16_384

/** A header and a line for each row, many at a time. */
export async function* linesOf<Row>(
  rows: AsyncIterable<Row>,
  header: string,
  lineOf: (row: Row) => string,
): AsyncGenerator<string, undefined> {
  let text = header
  for await (const row of rows) {
    text += lineOf(row)
    if (text.length < ENOUGH_CHARACTERS) continue
    yield text
    text = ''
  }
  yield text
}

/** The first of them is awaited, so that what is refused has its status. */
export async function streamOfLines(
  lines: AsyncGenerator<string, undefined>,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  const first = await lines.next()
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(first.value ?? '')),
    async pull(controller) {
      const { value, done } = await lines.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => void (await lines.return(undefined)),
  })
}
