import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { toAppError } from '../../../shared/app-error.ts'
import type { WatchedFolder } from '../../../shared/watched.ts'
import type { Importer } from '../importing/importer.ts'
import type { WatchMessage, WatchRequest, WatchSetting } from './watch-message.ts'

export interface WatcherSetting {
  readonly databaseUrl: string
  readonly folders: readonly string[]
  /** Whether files are moved to `done` and `failed` in their folder when they were taken. */
  readonly movesFiles: boolean
  readonly importer: Pick<Importer, 'importPaths'>
  /** Told of what went wrong with files, in words for a person. */
  readonly onNotice: (text: string) => void
  readonly onError: (error: unknown) => void
  readonly everyMs?: number | undefined
  readonly settleMs?: number | undefined
}

/** Takes the files of folders, each watched by a thread of its own, as a file system may keep one waiting for long. */
export interface Watcher extends AsyncDisposable {
  /** How the folders are. */
  folders(): readonly WatchedFolder[]
  /** Begins nothing further. */
  stop(): void
}

const EVERY_MS = 3000
const SETTLE_MS = 2000
/** A thread that was lost is started anew, but not again and again at once. */
const RESTART_AFTER_MS = 10_000
/** How long a thread has to end by itself. */
const END_WITHIN_MS = 1000

/** Disposing stops the import that is under way, of which nothing goes in then. */
export function startWatcher({ folders, ...setting }: WatcherSetting): Watcher {
  const watches = folders.map((folder) => startFolder(folder, setting))
  return {
    folders: () => watches.map(({ state }) => state()),
    stop: () => watches.forEach(({ stop }) => stop()),
    async [Symbol.asyncDispose]() {
      await Promise.all(watches.map(({ end }) => end()))
    },
  }
}

function startFolder(folder: string, setting: Omit<WatcherSetting, 'folders'>) {
  const { databaseUrl, movesFiles, importer, onNotice, onError } = setting
  const { everyMs = EVERY_MS, settleMs = SETTLE_MS } = setting
  const workerData: WatchSetting = { databaseUrl, folder, movesFiles, everyMs, settleMs }
  const ending = new AbortController()
  const nothing = { lookedAt: null, files: 0, left: 0, waiting: 0, firstWaiting: [] }
  let state: WatchedFolder = { folder, problem: null, ...nothing }
  let isStopping = false
  let restart: NodeJS.Timeout | undefined
  let thread = start()

  function start() {
    const worker = new Worker(new URL(`./watch-worker${extname(import.meta.url)}`, import.meta.url), {
      workerData,
    })
    const ask = (request: WatchRequest) => worker.postMessage(request, [])

    async function importFor(path: string, stamp: string): Promise<void> {
      try {
        const { records } = await importer.importPaths([path], { stamp, signal: ending.signal })
        ask({ type: 'imported', failure: records[0]!.failure })
      } catch (error) {
        const { code, message } = toAppError(error)
        ask({ type: 'failed', code, reason: message })
      }
    }

    worker.on('message', (message: WatchMessage) => {
      switch (message.type) {
        case 'import':
          void importFor(message.path, message.stamp)
          break
        case 'state':
          state = message.state
          break
        case 'tell':
          onNotice(message.text)
          break
      }
    })
    worker.on('error', (error) => {
      state = { ...state, problem: `it is not watched for a moment: ${toAppError(error).message}` }
      onError(error)
    })
    const exited = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        resolve()
        if (!isStopping) restart = setTimeout(() => (thread = start()), RESTART_AFTER_MS)
      })
    })
    return { worker, ask, exited }
  }

  function stop(): void {
    isStopping = true
    clearTimeout(restart)
    thread.ask({ type: 'end' })
  }

  return {
    state: () => state,
    stop,
    async end() {
      stop()
      ending.abort()
      const tooLate = setTimeout(() => void thread.worker.terminate(), END_WITHIN_MS)
      await thread.exited
      clearTimeout(tooLate)
    },
  }
}
