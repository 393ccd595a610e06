import type { PushResult } from '../shared/push.ts'
import { bothPushed, nothingPushed } from '../shared/push-result.ts'
import { batchesOf } from './batches.ts'
import type { Caller } from './call.ts'
import { sendBatch, type SendingOptions } from './send-batch.ts'

/** One observation of a store. */
export interface PushablePoll {
  readonly storeId: string
  readonly status: 'active' | 'inactive'
  /** An instant. */
  readonly timestampUtc: string | Date
}

export interface PushOptions extends SendingOptions {
  /** How many are sent at once: 1,000 where left out. */
  readonly batchSize?: number
  /** How long polls wait for more that are sent with them: 1,000 ms where left out. */
  readonly lingerMs?: number
  /** Called after each batch with what has become of all so far. */
  readonly onProgress?: (soFar: PushResult) => void
  /** Aborting it ends it at once, with its reason as the error; what was taken stays. */
  readonly signal?: AbortSignal | undefined
  /** Aborting it ends what is taken of the polls: what has come is sent, and the result returned. */
  readonly endSignal?: AbortSignal | undefined
}

export interface SendOptions extends Pick<PushOptions, 'source' | 'signal'> {
  /** By default the body's first character tells: `text/csv`, `application/json` or `application/x-ndjson`. */
  readonly contentType?: string | undefined
  readonly contentEncoding?: 'gzip' | 'zstd' | undefined
}

export async function sendPolls(
  caller: Pick<Caller, 'fetch'>,
  body: Blob | ReadableStream<Uint8Array>,
  { source = 'client', contentType, contentEncoding, signal }: SendOptions,
): Promise<PushResult> {
  const init = {
    method: 'POST',
    body,
    headers: {
      'content-type': contentType ?? 'application/octet-stream',
      ...(contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding }),
    },
    duplex: 'half', // what fetch wants to be told about a body that is a stream
    ...(signal ? { signal } : {}),
  } satisfies RequestInit & { duplex: string }
  const response = await caller.fetch(`/polls?source=${encodeURIComponent(source)}`, init)
  return (await response.json()) as PushResult
}

const BATCH_SIZE = 1000
export const LINGER_MS = 1000

export async function pushPolls(
  caller: Pick<Caller, 'fetch'>,
  polls: Iterable<PushablePoll> | AsyncIterable<PushablePoll>,
  options: PushOptions,
): Promise<PushResult> {
  const { batchSize = BATCH_SIZE, lingerMs = LINGER_MS, onProgress, signal, endSignal } = options
  const isFull = (batch: readonly PushablePoll[]) => batch.length >= batchSize
  const batches =
    Symbol.asyncIterator in polls
      ? batchesOf(polls, { isFull, lingerMs, signal, endSignal })
      : chunksOf(polls, isFull, endSignal)
  let sum = nothingPushed
  let sent = 0
  for await (const batch of batches) {
    signal?.throwIfAborted()
    const sending = { body: JSON.stringify(batch), contentType: 'application/json' }
    sum = bothPushed(sum, withRows(await sendBatch(caller, sending, options), sent))
    sent += batch.length
    onProgress?.(sum)
  }
  return sum
}

/** A result whose rows are counted from the first that was ever sent. */
export function withRows(result: PushResult, before: number): PushResult {
  return { ...result, rejections: result.rejections.map((one) => ({ ...one, row: one.row + before })) }
}

function* chunksOf<Item>(
  items: Iterable<Item>,
  isFull: (batch: readonly Item[]) => boolean,
  endSignal: AbortSignal | undefined,
): Generator<Item[]> {
  let chunk: Item[] = []
  for (const item of items) {
    if (endSignal?.aborted) break
    chunk.push(item)
    if (!isFull(chunk)) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
