import { extname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import type { ImportOutcome } from './import-each.ts'
import type {
  ImporterJob,
  ImporterMessage,
  ImporterRequest,
  ImporterThreadSetting,
} from './importer-message.ts'

export interface ImporterOptions {
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** What the records call the file or folder, where its path says nothing. */
  readonly source?: string | undefined
  /** How many rows of a file may be rejected. */
  readonly maxRejected?: MaxRejected | undefined
  /** What the files call columns, where that is not what we do. */
  readonly columnMap?: ColumnMap | undefined
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

export interface ImporterSetting {
  /** It may become known while the thread starts. */
  readonly databaseUrl: string | Promise<string>
  /**
   * `at once` for a command that is about to import: its thread is then there when the database is. It does not step behind
   * others, as nobody is answered meanwhile.
   */
  readonly startThread?: 'at once' | 'on demand'
  /** Whether the database is made where there is none, and brought to what this version uses: for want of another who does. */
  readonly preparesDatabase?: boolean
}

/** Disposing of it stops it, and waits until it has. */
export function createImporter({
  databaseUrl,
  startThread = 'on demand',
  preparesDatabase = false,
}: ImporterSetting): Importer {
  let owner: string | undefined
  const closing = new AbortController()
  let latest: Promise<unknown> = Promise.resolve()
  let spare = startThread === 'at once' ? startImporterThread({ stepsBehindAnswers: false }) : undefined

  function takeThread(): Promise<ImporterThread> {
    const thread = spare ?? startImporterThread({ stepsBehindAnswers: true })
    spare = undefined
    return thread
  }

  return {
    importPaths(paths, options = {}) {
      const { source, maxRejected, columnMap } = options
      const job = { preparesDatabase, paths, source, maxRejected, columnMap }
      const result = latest.then(async () => {
        // Loaded while the thread starts.
        const { randomUUID } = await import('node:crypto')
        owner ??= randomUUID()
        return runInThread(
          takeThread,
          { ...job, owner, databaseUrl: await databaseUrl },
          closing.signal,
          options,
        )
      })
      latest = result.catch(() => {}) // the caller has the error
      return result
    },
    stop() {
      closing.abort()
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await latest
      await (await spare)?.worker.terminate()
    },
  }
}

interface ImporterThread {
  readonly worker: Worker
  /** What it ended with, where that was an error of its own. */
  readonly exited: Promise<AppError | undefined>
}

async function startImporterThread(workerData: ImporterThreadSetting): Promise<ImporterThread> {
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL(`./importer-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData,
  })
  const exited = new Promise<AppError | undefined>((resolve) => {
    let failure: AppError | undefined
    worker.on('error', (error) => (failure = toAppError(error)))
    worker.on('exit', () => resolve(failure))
  })
  return { worker, exited }
}

async function runInThread(
  takeThread: () => Promise<ImporterThread>,
  job: ImporterJob,
  closing: AbortSignal,
  { onProgress, signal }: ImporterOptions,
): Promise<ImportOutcome> {
  const stopped = AbortSignal.any([closing, ...(signal ? [signal] : [])])
  if (stopped.aborted) throw new AppError('unavailable', 'stopped before the import began')
  const { worker, exited } = await takeThread()
  let end: ImportOutcome | AppError = new AppError('internal', 'the thread of the import ended too early')
  const ask = (request: ImporterRequest) => worker.postMessage(request, [])
  const stop = () => ask({ type: 'stop' })
  let deadline: NodeJS.Timeout | undefined
  function endInTime(): void {
    deadline = setTimeout(() => {
      end = new AppError('unavailable', 'interrupted; import the file again to complete it')
      void worker.terminate()
    }, END_THREAD_WITHIN_MS)
  }
  stopped.addEventListener('abort', stop)
  closing.addEventListener('abort', endInTime)
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
  try {
    ask({ type: 'import', job })
    if (stopped.aborted) stop() // while the thread was awaited
    end = (await exited) ?? end
  } finally {
    stopped.removeEventListener('abort', stop)
    closing.removeEventListener('abort', endInTime)
    clearTimeout(deadline)
  }
  if (end instanceof AppError) throw end
  return end
}
