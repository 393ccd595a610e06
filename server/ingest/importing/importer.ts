import { randomUUID } from 'node:crypto'
import { extname } from 'node:path'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { ImportOutcome } from './import-each.ts'
import type { ImporterJob, ImporterMessage, StopMessage } from './importer-message.ts'

export interface ImporterOptions {
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** What the records call the file or folder, where its path says nothing. */
  readonly source?: string | undefined
}

/** Imports off the main thread, one after the other, each in a thread that lives as long as it. */
export interface Importer extends AsyncDisposable {
  /** Imports what there is in folders and files. Throws an AppError. */
  importPaths(paths: readonly string[], options?: ImporterOptions): Promise<ImportOutcome>
  /** Ends what it is at, which leaves no file half imported, and begins nothing further. */
  stop(): void
}

/** How long a thread has to end by itself: one that is in the middle of writing does not listen. */
const END_THREAD_WITHIN_MS = 1000

/** Disposing of it stops it, and waits until it has. */
export function createImporter({ databaseUrl }: { readonly databaseUrl: string }): Importer {
  const owner = randomUUID()
  const closing = new AbortController()
  let latest: Promise<unknown> = Promise.resolve()

  return {
    importPaths(paths, options = {}) {
      const job: ImporterJob = { databaseUrl, owner, paths, source: options.source }
      const result = latest.then(() => runInThread(job, closing.signal, options))
      latest = result.catch(() => {}) // the caller has the error
      return result
    },
    stop() {
      closing.abort()
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await latest
    },
  }
}

async function runInThread(
  job: ImporterJob,
  closing: AbortSignal,
  { onProgress, signal }: ImporterOptions,
): Promise<ImportOutcome> {
  const stopped = AbortSignal.any([closing, ...(signal ? [signal] : [])])
  if (stopped.aborted) throw new AppError('unavailable', 'stopped before the import began')
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL(`./importer-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: job,
  })
  let end: ImportOutcome | AppError = new AppError('internal', 'the thread of the import ended too early')
  const stop = () => worker.postMessage({ type: 'stop' } satisfies StopMessage, [])
  let deadline: NodeJS.Timeout | undefined
  function endInTime(): void {
    deadline = setTimeout(() => {
      end = new AppError('unavailable', 'interrupted; import the file again to complete it')
      void worker.terminate()
    }, END_THREAD_WITHIN_MS)
  }
  stopped.addEventListener('abort', stop)
  closing.addEventListener('abort', endInTime)
  try {
    await new Promise<void>((resolve) => {
      worker.on('message', (message: ImporterMessage) => {
        switch (message.type) {
          case 'progress':
            onProgress?.(message.progress)
            break
          case 'finished':
            end = message.outcome
            break
          case 'failed':
            end = new AppError(message.code, message.reason)
            break
        }
      })
      worker.on('error', (error) => {
        end = toAppError(error)
      })
      worker.on('exit', () => resolve())
    })
  } finally {
    stopped.removeEventListener('abort', stop)
    closing.removeEventListener('abort', endInTime)
    clearTimeout(deadline)
  }
  if (end instanceof AppError) throw end
  return end
}
