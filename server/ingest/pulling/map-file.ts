import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { AppError } from '../../../shared/app-error.ts'
import type { Mapping } from '../../config-file/source-setting.ts'
import { lineBlocks } from '../csv/line-blocks.ts'
import { openFile } from '../csv/open-file.ts'
import { readSource } from '../csv/source.ts'
import { mappedHeader, rowsOfJson, rowsOfLine } from './mapped-rows.ts'

export interface MapJob {
  readonly from: string
  readonly to: string
  readonly format: 'json' | 'ndjson'
  readonly mapping: Mapping
  readonly answeredAt: number
}

/** JSON is read as a whole, and so is a line. */
const MOST_JSON_BYTES = 256 * 1024 * 1024
/** Lines of NDJSON. */
const MOST_ROWS_AT_ONCE = 1000

/** Writes the polls that a file of JSON, packed or not, has as CSV. Throws an AppError. */
export async function mapFile({ from, to, format, mapping, answeredAt }: MapJob): Promise<void> {
  await using opened = await openFile(from, 'the answer')
  const { chunks } = await readSource(opened.file)
  const output = createWriteStream(to)
  const ended = once(output, 'close')
  ended.catch(() => {}) // it is awaited below
  try {
    await write(output, mappedHeader)
    const rows =
      format === 'json'
        ? rowsOfJson(await textOf(chunks), mapping, answeredAt)
        : rowsOfLines(chunks, mapping, answeredAt)
    let waiting: string[] = []
    for await (const row of rows) {
      waiting.push(row)
      if (waiting.length < MOST_ROWS_AT_ONCE) continue
      await write(output, waiting.join(''))
      waiting = []
    }
    await write(output, waiting.join(''))
  } finally {
    output.end()
    await ended
  }
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new StringDecoder('utf8')
  let text = ''
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > MOST_JSON_BYTES) {
      throw new AppError(
        'too-large',
        `the answer is JSON of more than ${MOST_JSON_BYTES} bytes, which is not read: ask for NDJSON or CSV, or for pages`,
      )
    }
    text += decoder.write(Buffer.from(chunk))
  }
  return text + decoder.end()
}

async function* rowsOfLines(
  chunks: AsyncIterable<Uint8Array>,
  mapping: Mapping,
  answeredAt: number,
): AsyncGenerator<string> {
  for await (const { firstLine, lines } of lineBlocks(chunks, { maxLineBytes: MOST_JSON_BYTES })) {
    for (const [i, line] of lines.entries()) {
      try {
        yield* rowsOfLine(line, mapping, answeredAt)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        throw new AppError(error.code, `line ${firstLine + i}: ${error.message}`, { cause: error })
      }
    }
  }
}

async function write(output: WriteStream, text: string): Promise<void> {
  if (!output.write(text)) await once(output, 'drain')
}
