import { once } from 'node:events'
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { AppError } from '../../../shared/app-error.ts'
import type { Mapping } from '../../config-file/source-setting.ts'
import { mappedHeader, rowsOfJson, rowsOfLine } from './mapped-rows.ts'

export interface MapJob {
  readonly from: string
  readonly to: string
  readonly format: 'json' | 'ndjson'
  readonly mapping: Mapping
  readonly answeredAt: number
}

/** JSON is read as a whole. */
const MOST_JSON_BYTES = 256 * 1024 * 1024
/** Lines of NDJSON. */
const MOST_ROWS_AT_ONCE = 1000

/** Writes the polls that a file of JSON has as CSV. Throws an AppError. */
export async function mapFile({ from, to, format, mapping, answeredAt }: MapJob): Promise<void> {
  const output = createWriteStream(to)
  const ended = once(output, 'close')
  ended.catch(() => {}) // it is awaited below
  try {
    await write(output, mappedHeader)
    const rows =
      format === 'json'
        ? rowsOfJson(await textOf(from), mapping, answeredAt)
        : rowsOfLines(from, mapping, answeredAt)
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

async function textOf(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > MOST_JSON_BYTES) {
    throw new AppError(
      'too-large',
      `the answer is JSON of ${size} bytes, of which at most ${MOST_JSON_BYTES} are read: ask for NDJSON or CSV, or for pages`,
    )
  }
  return readFile(path, 'utf8')
}

async function* rowsOfLines(path: string, mapping: Mapping, answeredAt: number): AsyncGenerator<string> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })
  let number = 0
  for await (const line of lines) {
    number++
    try {
      yield* rowsOfLine(line, mapping, answeredAt)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      throw new AppError(error.code, `line ${number}: ${error.message}`, { cause: error })
    }
  }
}

async function write(output: WriteStream, text: string): Promise<void> {
  if (!output.write(text)) await once(output, 'drain')
}
