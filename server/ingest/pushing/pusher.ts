import { extname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { AppError } from '../../../shared/app-error.ts'
import type { PushResult } from '../../../shared/push.ts'
import type { Push, PushAnswer, PushRequest } from './push-message.ts'

/** Takes polls as they come. */
export interface PushTarget {
  /**
   * Writes polls, and returns when they are safe. Their bytes are no longer there for the caller. Throws a `busy` AppError
   * where too much waits, and others where nothing is written.
   */
  push(push: Push): Promise<PushResult>
}

/** Writes them off the main thread. */
export interface Pusher extends PushTarget, AsyncDisposable {}

/** So much may wait, and so long what nobody is at yet. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024
const MOST_WAITING_MS = 2000
/** How long the thread has to end by itself: it ends what it is at. */
const END_WITHIN_MS = 5000

interface WaitingPush {
  readonly bytes: number
  readonly sinceMs: number
  readonly answered: PromiseWithResolvers<PushResult>
}

/** The thread starts when there is something to write, and ends with this. */
export function createPusher({
  databaseUrl,
  mostWaitingBytes = MOST_WAITING_BYTES,
}: {
  readonly databaseUrl: string
  readonly mostWaitingBytes?: number
}): Pusher {
  const waiting = new Map<number, WaitingPush>()
  let waitingBytes = 0
  let thread: Promise<Worker> | undefined
  let lastId = 0
  let lastTaken = 0
  let isClosing = false

  async function startThread(): Promise<Worker> {
    const { Worker } = await import('node:worker_threads')
    const worker = new Worker(new URL(`./push-worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: databaseUrl,
    })
    worker.on('message', settle)
    worker.on('error', (error) => lose(error))
    worker.on('exit', () => lose(undefined))
    return worker
  }

  function take(id: number): WaitingPush | undefined {
    const push = waiting.get(id)
    waiting.delete(id)
    waitingBytes -= push?.bytes ?? 0
    if (waiting.size === 0) void thread?.then((worker) => worker.unref())
    return push
  }

  function settle(answer: PushAnswer): void {
    if (answer.type === 'taken') {
      lastTaken = answer.lastId
      return
    }
    const push = take(answer.id)
    if (answer.type === 'done') push?.answered.resolve(answer.result)
    else push?.answered.reject(new AppError(answer.code, answer.reason))
  }

  /** The thread is gone: what it was at may be written or not, and sending it again does no harm. */
  function lose(cause: unknown): void {
    thread = undefined
    for (const id of waiting.keys()) {
      const error = new AppError('unavailable', 'the polls may not have been written: send them again', {
        cause,
      })
      take(id)?.answered.reject(error)
    }
  }

  function refuse(bytes: number): void {
    if (isClosing) throw new AppError('unavailable', 'the server is stopping: send the polls again')
    const [, oldest] = waiting.entries().find(([id]) => id > lastTaken) ?? []
    // A thread that starts is not busy.
    const waitedMs = oldest === undefined || lastTaken === 0 ? 0 : performance.now() - oldest.sinceMs
    if (waiting.size > 0 && (waitingBytes + bytes > mostWaitingBytes || waitedMs > MOST_WAITING_MS)) {
      throw new AppError('busy', 'too many polls wait to be written: send these again in a moment')
    }
  }

  return {
    async push(push) {
      refuse(push.bytes.length)
      const id = ++lastId
      const answered = Promise.withResolvers<PushResult>()
      waiting.set(id, { bytes: push.bytes.length, sinceMs: performance.now(), answered })
      waitingBytes += push.bytes.length
      thread ??= startThread()
      const request: PushRequest = { type: 'push', id, push }
      const { buffer } = push.bytes
      try {
        const worker = await thread
        worker.ref()
        worker.postMessage(request, push.bytes.length === buffer.byteLength ? [buffer] : [])
      } catch (error) {
        lose(error)
      }
      return answered.promise
    },
    async [Symbol.asyncDispose]() {
      isClosing = true
      const worker = await thread
      if (worker === undefined) return
      worker.ref()
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      const tooLate = setTimeout(() => void worker.terminate(), END_WITHIN_MS)
      worker.postMessage({ type: 'end' } satisfies PushRequest, [])
      await ended
      clearTimeout(tooLate)
    },
  }
}
