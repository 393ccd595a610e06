import { AppError } from '../shared/app-error.ts'
import type { PushResult } from '../shared/push.ts'
import { resultOfNothing } from '../shared/push-result.ts'
import { createAlarm } from './alarm.ts'
import type { Caller } from './call.ts'

export interface SendingOptions {
  /** Who sends them, to be counted. */
  readonly source?: string
  /** How often a batch is sent again where the server is busy or cannot be reached: 8 times where left out. */
  readonly retries?: number
  /** Called before a batch is sent again, with why. */
  readonly onRetry?: ((error: AppError) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Once it is aborted, a batch that cannot be sent is not sent again for long. */
  readonly endSignal?: AbortSignal | undefined
}

export interface PollBatch {
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly contentType: string
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000

/** Sends polls as one push, and again until it is answered; one of which nothing is good is told as others are. */
export async function sendBatch(
  caller: Pick<Caller, 'fetch'>,
  { body, contentType }: PollBatch,
  { source = 'client', retries = 8, onRetry, signal, endSignal }: SendingOptions,
): Promise<PushResult> {
  const init: RequestInit = {
    method: 'POST',
    body,
    // The same each time, so that the answer is, too.
    headers: { 'content-type': contentType, 'idempotency-key': crypto.randomUUID() },
    ...(signal ? { signal } : {}),
  }
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await caller.fetch(`/polls?source=${encodeURIComponent(source)}`, init)
      return (await response.json()) as PushResult
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'rejected') return resultOfNothing(error)
      const mayRetry = error.code === 'busy' || error.code === 'unavailable'
      const mostRetries = endSignal?.aborted ? Math.min(1, retries) : retries
      if (!mayRetry || attempt >= mostRetries || signal?.aborted) throw error
      onRetry?.(error)
      await pause(attempt, signal, endSignal)
    }
  }
}

/** Longer each time, and by chance, so that not all clients come back at once; no longer where the end is wanted. */
async function pause(
  attempt: number,
  signal: AbortSignal | undefined,
  endSignal: AbortSignal | undefined,
): Promise<void> {
  const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
  const alarm = createAlarm([signal, endSignal])
  alarm.set(longestMs * (0.5 + Math.random() / 2))
  await alarm.rings.finally(alarm.clear)
  signal?.throwIfAborted()
}
