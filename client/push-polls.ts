import { AppError } from '../shared/app-error.ts'
import type { PushResult } from '../shared/push.ts'
import { bothPushed, nothingPushed } from '../shared/push-result.ts'
import type { Caller } from './call.ts'

/** One observation of a store. */
export interface PushablePoll {
  readonly storeId: string
  readonly status: 'active' | 'inactive'
  /** An instant. */
  readonly timestampUtc: string | Date
}

export interface PushOptions {
  /** Who sends them, to be counted. */
  readonly source?: string
  /** How many are sent at once: 1,000 where left out. */
  readonly batchSize?: number
  /** How often a batch is sent again where the server is busy or cannot be reached: 8 times where left out. */
  readonly retries?: number
  /** Called after each batch with what has become of all so far. */
  readonly onProgress?: (soFar: PushResult) => void
  readonly signal?: AbortSignal
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

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000

export async function pushPolls(
  caller: Pick<Caller, 'fetch'>,
  polls: Iterable<PushablePoll> | AsyncIterable<PushablePoll>,
  { source = 'client', batchSize = 1000, retries = 8, onProgress, signal }: PushOptions,
): Promise<PushResult> {
  let sum = nothingPushed
  let sent = 0
  let batch: PushablePoll[] = []

  async function send(): Promise<void> {
    const result = await pushed(caller, batch, { source, retries, signal })
    sum = bothPushed(sum, {
      ...result,
      rejections: result.rejections.map((one) => ({ ...one, row: one.row + sent })),
    })
    sent += batch.length
    batch = []
    onProgress?.(sum)
  }

  for await (const poll of polls) {
    signal?.throwIfAborted()
    if (batch.push(poll) === batchSize) await send()
  }
  if (batch.length > 0) await send()
  return sum
}

async function pushed(
  caller: Pick<Caller, 'fetch'>,
  batch: readonly PushablePoll[],
  {
    source,
    retries,
    signal,
  }: { readonly source: string; readonly retries: number; readonly signal: AbortSignal | undefined },
): Promise<PushResult> {
  const init: RequestInit = {
    method: 'POST',
    body: JSON.stringify(batch),
    // The same each time, so that the answer is, too.
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    ...(signal ? { signal } : {}),
  }
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await caller.fetch(`/polls?source=${encodeURIComponent(source)}`, init)
      return (await response.json()) as PushResult
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // Those of a batch that is bad as a whole are told as those of others are.
      if (error.code === 'rejected') return allRejected(batch, error)
      const mayRetry = error.code === 'busy' || error.code === 'unavailable'
      if (!mayRetry || attempt >= retries || signal?.aborted) throw error
      await pause(attempt, signal)
    }
  }
}

function allRejected(batch: readonly PushablePoll[], { message }: AppError): PushResult {
  return { ...nothingPushed, rejected: batch.length, rejections: [{ row: 1, reason: message }] }
}

/** Longer each time, and by chance, so that not all clients come back at once. */
async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, longestMs * (0.5 + Math.random() / 2))
  const abort = () => reject(signal!.reason as Error)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
