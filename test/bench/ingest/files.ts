import { writeFile } from 'node:fs/promises'
import { createPollStream } from './scene.ts'

const LINES_AT_ONCE = 50_000

/** Writes a file with a poll of each store within an hour. */
export async function writePollFile(path: string, ids: readonly string[], hour: number): Promise<void> {
  await writeFile(path, pollText(ids, hour, ids.length))
}

/** So many polls as CSV, some at a time. */
export function* pollText(ids: readonly string[], fromHour: number, polls: number): Generator<string> {
  const stream = createPollStream(ids, fromHour)
  for (let left = polls; left > 0; left -= LINES_AT_ONCE) {
    const text = stream.next(Math.min(left, LINES_AT_ONCE), 'csv')
    yield left === polls ? text : text.slice(text.indexOf('\n') + 1)
  }
}
