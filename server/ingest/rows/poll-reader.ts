import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import { mapNonEmpty } from './non-empty.ts'
import type { PollReaderJob, PollReaderMessage, PollReaderRequest } from './poll-reader-message.ts'
import type { StorePolls } from './poll-rows.ts'
import type { HashedRows, ReadProgress } from './read-rows.ts'

/** A file of polls that is read by a thread of its own. Disposing of it ends the thread. */
export interface PollReader extends AsyncDisposable {
  /** What `readRows` returns. A step is prepared, and the file hashed, while the step before goes into the database. */
  read(onProgress: (progress: ReadProgress) => void): Promise<HashedRows<StorePolls>>
}

/** Begins to read at once. `signal` ends that with an error. */
export function startPollReader(job: PollReaderJob, signal: AbortSignal | undefined): PollReader {
  const worker = new Worker(new URL(`./poll-reader-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: job,
  })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const read = Promise.withResolvers<Extract<PollReaderMessage, { type: 'read' }>>()
  const hashed = Promise.withResolvers<string>()
  let prepared = Promise.withResolvers<StorePolls>()
  let progress: ReadProgress = { bytesRead: 0, rowsRead: 0 }
  let listener: (progress: ReadProgress) => void = () => {}
  let failure: AppError | undefined

  function ask(request: PollReaderRequest): void {
    worker.postMessage(request, [])
  }

  function askForNext(): void {
    prepared = Promise.withResolvers()
    prepared.promise.catch(() => {}) // whoever waits for it has the error
    if (failure) prepared.reject(failure)
    else ask({ type: 'next' })
  }

  function fail(error: AppError): void {
    failure ??= error
    read.reject(error)
    hashed.reject(error)
    prepared.reject(error)
  }

  read.promise.catch(() => {})
  hashed.promise.catch(() => {})
  prepared.promise.catch(() => {})
  worker.on('message', (message: PollReaderMessage) => {
    switch (message.type) {
      case 'progress':
        progress = message.progress
        listener(progress)
        break
      case 'read':
        read.resolve(message)
        break
      case 'polls':
        prepared.resolve(message.polls)
        break
      case 'hashed':
        hashed.resolve(message.sha256)
        break
      case 'failed':
        fail(new AppError(message.code, message.reason))
        break
    }
  })
  worker.on('error', (error) => fail(toAppError(error)))
  worker.on('exit', () => fail(new AppError('internal', 'the thread that reads polls ended too early')))

  const stop = () => ask({ type: 'stop' })
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)

  async function end(): Promise<void> {
    signal?.removeEventListener('abort', stop)
    stop()
    await exited
  }

  return {
    async read(onProgress) {
      listener = onProgress
      onProgress(progress)
      const { rowsOfSteps, ...rows } = await read.promise
      const steps = mapNonEmpty(rowsOfSteps, (rows, i) => ({
        rows,
        async prepare() {
          const polls = await prepared.promise
          if (i + 1 < rowsOfSteps.length) askForNext()
          return polls
        },
      }))
      return { ...rows, sha256: () => hashed.promise, steps, [Symbol.asyncDispose]: end }
    },
    [Symbol.asyncDispose]: end,
  }
}
