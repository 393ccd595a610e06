import { extname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { toAppError, type AppError } from '../../../shared/app-error.ts'
import { fileLimitsOf, usualLimits, type FileLimits } from '../../limits/setting.ts'
import type { WriterAnswer, WriterRequest, WriterThreadSetting } from './writer-message.ts'

export interface WriterSetting {
  readonly databaseUrl: string
  /**
   * `at once` for a command that is about to write: its thread is then there when the database is. Threads that it starts do
   * not step behind others, as nobody is answered meanwhile, and it leaves the tail short when it ends.
   */
  readonly startThread?: 'at once' | 'on demand'
  readonly limits?: FileLimits | undefined
}

export interface WriterListener {
  answered(answer: WriterAnswer): void
  /** The thread is gone: what it was at may be written or not. `cause` is the error that ended it, if one did. */
  lost(cause: AppError | undefined): void
}

/** The one thread that writes polls. It starts when it is first asked something, and anew where it was lost. */
export interface WriterThread {
  /** Names what is asked. */
  nextId(): number
  listen(listener: WriterListener): void
  ask(request: WriterRequest, transfer?: readonly ArrayBuffer[]): Promise<void>
  /** Ends it at once, and with it what it is at. */
  terminate(): Promise<void>
  /** Lets it end what it is at, for so long. */
  end(withinMs: number): Promise<void>
}

/** Half of what V8 takes for what is new where much comes; with less, its collector takes longer. */
const YOUNG_MIB = 48

export function createWriterThread({
  databaseUrl,
  startThread = 'on demand',
  limits = usualLimits,
}: WriterSetting): WriterThread {
  const workerData: WriterThreadSetting = {
    databaseUrl,
    isOfCommand: startThread === 'at once',
    limits: fileLimitsOf(limits),
  }
  const listeners: WriterListener[] = []
  let lastId = 0
  /** How much it is asked that is not answered. */
  let open = 0
  /** What was asked last goes to the thread after all that was asked before. */
  let posted: Promise<void> = Promise.resolve()
  let thread = startThread === 'at once' ? start() : undefined

  async function start(): Promise<Worker> {
    const { Worker } = await import('node:worker_threads')
    const worker = new Worker(new URL(`./writer-worker${extname(import.meta.url)}`, import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
      workerData,
    })
    let failure: AppError | undefined
    worker.on('message', hear)
    worker.on('error', (error) => (failure = toAppError(error)))
    worker.on('exit', () => {
      thread = undefined
      open = 0
      for (const { lost } of listeners) lost(failure)
    })
    worker.unref()
    return worker
  }

  function hear(answer: WriterAnswer): void {
    const isLast = answer.type === 'pushed' || answer.type === 'imported' || answer.type === 'failed'
    if (isLast && --open === 0) void thread?.then((worker) => worker.unref())
    for (const { answered } of listeners) answered(answer)
  }

  async function post(request: WriterRequest, transfer: readonly ArrayBuffer[]): Promise<void> {
    thread ??= start()
    const worker = await thread.catch((error: unknown) => {
      thread = undefined
      throw error
    })
    if (request.type === 'push' || request.type === 'import') open++
    if (open > 0) worker.ref()
    worker.postMessage(request, transfer)
  }

  return {
    nextId: () => ++lastId,
    listen: (listener) => void listeners.push(listener),
    async ask(request, transfer = []) {
      const posting = post(request, transfer)
      posted = posting.catch(() => {})
      await posting
    },
    async terminate() {
      await (await thread)?.terminate()
    },
    async end(withinMs) {
      await posted
      const worker = await thread
      if (worker === undefined) return
      worker.ref()
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      const tooLate = setTimeout(() => void worker.terminate(), withinMs)
      worker.postMessage({ type: 'end' } satisfies WriterRequest, [])
      await ended
      clearTimeout(tooLate)
    },
  }
}
