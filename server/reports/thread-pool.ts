import { extname } from 'node:path'
import { Piscina } from 'piscina'
import { AppError } from '../../shared/app-error.ts'
import { noteWorked } from '../tracing/worked.ts'
import { createThreadGate, threadsEnd } from './thread-gate.ts'
import {
  resultOf,
  type ResultOf,
  type TaskOf,
  type TaskOutcome,
  type Tasks,
  type ThreadSetting,
  type WorkerSetting,
  type WorkerTasks,
} from './worker-task.ts'

const IDLE_THREAD_ENDS_MS = 60_000
/** Whatever a thread dies of this often in a row is not chance. */
const MOST_ATTEMPTS = 3

/** The threads that do what the runner asks, each with its own connections. */
export interface ThreadPool<All extends Tasks<All> = WorkerTasks> {
  /** Throws the AppError that the task ended with. One whose thread dies is done again in another. */
  run<Name extends keyof All & string>(name: Name, task: TaskOf<All, Name>): Promise<ResultOf<All, Name>>
  /** How many threads there are. */
  size(): number
  /** Ends the threads when they have done what they are at. */
  close(): Promise<void>
  /** Ends the threads at once. */
  destroy(): Promise<void>
}

export interface ThreadPoolSetting {
  readonly minThreads: number
  readonly maxThreads: number
  /** The module of the threads. */
  readonly worker?: URL
  /** How much of what is soon garbage a thread may have before it is collected; Node.js says where left out. */
  readonly youngMiB?: number
}

export function createThreadPool<All extends Tasks<All> = WorkerTasks>(
  setting: WorkerSetting,
  {
    minThreads,
    maxThreads,
    worker = new URL(`./report-worker${extname(import.meta.url)}`, import.meta.url),
    youngMiB,
  }: ThreadPoolSetting,
): ThreadPool<All> {
  const gate = createThreadGate()
  const pool = new Piscina({
    filename: worker.href,
    workerData: { ...setting, gate: gate.memory } satisfies ThreadSetting,
    minThreads,
    maxThreads,
    idleTimeout: IDLE_THREAD_ENDS_MS,
    ...(youngMiB !== undefined && { resourceLimits: { maxYoungGenerationSizeMb: youngMiB } }),
    // A thread that sleeps on an atomic cannot answer its database's timers.
    atomics: 'disabled',
  })
  // Of a thread that dies with nothing to do: the next task gets another.
  pool.on('error', () => undefined)
  let isClosing = false

  async function end(how: 'close' | 'destroy'): Promise<void> {
    isClosing = true
    await gate.shut()
    await pool[how]()
  }

  return {
    async run(name, task) {
      for (let attempt = 1; ; attempt++) {
        if (isClosing) throw threadsEnd()
        try {
          const outcome = (await pool.run(task, { name })) as TaskOutcome<ResultOf<All, typeof name>>
          noteWorked({ inThread: true, name, startMs: outcome.startMs, endMs: outcome.endMs })
          return resultOf(outcome)
        } catch (error) {
          // What a task ends with is an AppError; anything else is the end of its thread.
          if (error instanceof AppError) throw error
          if (isClosing) throw threadsEnd(error)
          if (attempt === MOST_ATTEMPTS) throw diedTooOften(error)
        }
      }
    },
    size: () => pool.threads.length,
    close: () => end('close'),
    destroy: () => end('destroy'),
  }
}

function diedTooOften(error: unknown): AppError {
  const reason = error instanceof Error ? error.message : String(error)
  return new AppError('internal', `its thread died ${MOST_ATTEMPTS} times in a row (${reason})`, {
    cause: error,
  })
}
