import type { PushResult } from '../shared/push.ts'
import { bothPushed, nothingPushed, nothingTaken } from '../shared/push-result.ts'
import { mediaTypes } from '../shared/report-file.ts'
import { batchesOf } from './batches.ts'
import type { Caller } from './call.ts'
import { countLines, createLineCutter, headOf, isBlank, joined, type LinesFormat } from './cut-lines.ts'
import { LINGER_MS, withRows, type PushOptions } from './push-polls.ts'
import { sendBatch } from './send-batch.ts'

export type PushLinesOptions = Omit<PushOptions, 'batchSize'>

/** A push with a key has at most 1 MiB of lines; a piece of them may come to it, and the header of CSV. */
const BATCH_BYTES = 768 * 1024

const contentTypes: Readonly<Record<LinesFormat, string>> = {
  csv: mediaTypes.csv,
  ndjson: mediaTypes.ndjson,
  json: 'application/json',
}

export async function pushLines(
  caller: Pick<Caller, 'fetch'>,
  chunks: AsyncIterable<Uint8Array>,
  options: PushLinesOptions,
): Promise<PushResult> {
  const { lingerMs = LINGER_MS, onProgress, signal, endSignal } = options
  const cutter = createLineCutter(chunks)
  const isFull = (pieces: readonly Uint8Array[]) =>
    pieces.reduce((sum, { length }) => sum + length, 0) >= BATCH_BYTES
  /** Of CSV, what is sent with all lines but the first. */
  let head: Uint8Array | undefined
  let isFirst = true
  let linesBefore = 0
  let unsent = new Uint8Array()
  let sum = nothingPushed

  async function send(lines: Uint8Array<ArrayBuffer>): Promise<void> {
    const again = isFirst || head === undefined ? new Uint8Array() : head
    const contentType = contentTypes[cutter.format() ?? 'csv']
    const result = await sendBatch(caller, { body: joined([again, lines]), contentType }, options)
    sum = bothPushed(sum, withRows(result, linesBefore - countLines(again)))
    isFirst = false
    linesBefore += countLines(lines)
    onProgress?.(sum)
  }

  for await (const pieces of batchesOf(cutter.pieces, { isFull, lingerMs, signal, endSignal })) {
    unsent = joined([unsent, ...pieces])
    if (isFirst && cutter.format() === 'csv') head = headOf(unsent)
    // Not a header without a row: it would be refused.
    if (isBlank(isFirst ? unsent.subarray(head?.length ?? 0) : unsent)) continue
    const lines = unsent
    unsent = new Uint8Array()
    await send(lines)
  }
  // What there is without any poll: it is for the server to say what is wrong.
  if (isFirst && !endSignal?.aborted) await send(unsent)
  if (sum.accepted === 0 && sum.rejected > 0) throw nothingTaken(sum)
  return sum
}
