import { AppError } from '../../../shared/app-error.ts'
import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import type { OwnImport } from '../../database/imports.ts'
import { noteWorked } from '../../tracing/worked.ts'
import type { EndAnswer } from '../writer/writer-message.ts'
import type { WriterThread } from '../writer/writer-thread.ts'
import type { ImportOutcome } from './import-each.ts'
import type { ImportJob } from './import-job.ts'

export interface ImporterOptions {
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** What the records call the file or folder, where its path says nothing. */
  readonly source?: string | undefined
  /** How many rows of a file may be rejected. */
  readonly maxRejected?: MaxRejected | undefined
  /** What the files call columns, where that is not what we do. */
  readonly columnMap?: ColumnMap | undefined
  /** Of the file that is given, which is in a watched folder: it is to have it until it has been read, and what became of it is recorded. */
  readonly stamp?: string | undefined
  /** Who imports, to be recorded. */
  readonly by?: string | null | undefined
  /** The import of the file that is given, which is recorded already, as its bytes are kept. */
  readonly kept?: OwnImport | undefined
}

/** Imports off the main thread, one after the other. */
export interface Importer {
  /** Imports what there is in folders and files. Throws an AppError. */
  importPaths(paths: readonly string[], options?: ImporterOptions): Promise<ImportOutcome>
  /** Ends what it is at, which leaves no file half imported, and begins nothing further. */
  stop(): void
}

/** How long the thread has to give an import up: while it is in the middle of writing it does not listen. */
const GIVE_UP_WITHIN_MS = 1000

interface RunningImport {
  readonly id: number
  readonly ended: PromiseWithResolvers<ImportEnd>
  readonly onProgress: ((progress: ImportProgress) => void) | undefined
}

type ImportEnd = Extract<EndAnswer, { readonly type: 'imported' | 'failed' }>

export function createImporter(thread: WriterThread): Importer & {
  /** How many there are, also the one that it is at. */
  waiting(): number
  /** Stops it, and waits until it has. */
  end(): Promise<void>
} {
  const closing = new AbortController()
  let latest: Promise<unknown> = Promise.resolve()
  let running: RunningImport | undefined
  let waiting = 0

  thread.listen({
    answered(answer) {
      if (running === undefined || !('id' in answer) || answer.id !== running.id) return
      const { ended, onProgress } = running
      if (answer.type === 'progress') onProgress?.(answer.progress)
      else if (answer.type === 'imported' || answer.type === 'failed') ended.resolve(answer)
    },
    lost(cause) {
      running?.ended.reject(
        closing.signal.aborted
          ? new AppError('unavailable', 'interrupted; import the file again to complete it')
          : (cause ?? new AppError('internal', 'the thread of the import ended too early')),
      )
    },
  })

  async function run(job: ImportJob, { onProgress, signal }: ImporterOptions): Promise<ImportOutcome> {
    const stopped = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])])
    if (stopped.aborted) throw new AppError('unavailable', 'stopped before the import began')
    const id = thread.nextId()
    const ended = Promise.withResolvers<ImportEnd>()
    running = { id, ended, onProgress }
    const stop = () => void thread.ask({ type: 'stop', id }).catch(() => {}) // it is gone
    let deadline: NodeJS.Timeout | undefined
    const giveUpInTime = () => {
      deadline = setTimeout(() => void thread.terminate(), GIVE_UP_WITHIN_MS)
    }
    try {
      ended.promise.catch(() => {}) // awaited below
      await thread.ask({ type: 'import', id, job })
      stopped.addEventListener('abort', stop)
      closing.signal.addEventListener('abort', giveUpInTime)
      if (stopped.aborted) stop() // while the thread was awaited
      if (closing.signal.aborted) giveUpInTime()
      const end = await ended.promise
      noteWorked({ inThread: true, name: 'importFiles', startMs: end.startMs, endMs: end.endMs })
      if (end.type === 'failed') throw new AppError(end.code, end.reason)
      return end.outcome
    } finally {
      stopped.removeEventListener('abort', stop)
      closing.signal.removeEventListener('abort', giveUpInTime)
      clearTimeout(deadline)
      running = undefined
    }
  }

  return {
    importPaths(paths, options = {}) {
      const { source, maxRejected, columnMap, stamp, by = null, kept } = options
      const result = latest.then(() =>
        run({ paths, source, maxRejected, columnMap, stamp, by, kept }, options),
      )
      waiting++
      latest = result.catch(() => {}).finally(() => waiting--) // the caller has the error
      return result
    },
    stop() {
      closing.abort()
    },
    waiting: () => waiting,
    async end() {
      closing.abort()
      await latest
    },
  }
}
