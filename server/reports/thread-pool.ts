import { extname } from 'node:path'
import { Piscina } from 'piscina'
import type { ResultOf, TaskOf, WorkerSetting, WorkerTasks } from './worker-task.ts'

const IDLE_THREAD_ENDS_MS = 60_000

/** The threads that do what the runner asks, each with its own connections. */
export interface ThreadPool {
  run<Name extends keyof WorkerTasks>(name: Name, task: TaskOf<Name>): Promise<ResultOf<Name>>
  /** Ends the threads when they have done what they are at. */
  close(): Promise<void>
  /** Ends the threads at once. */
  destroy(): Promise<void>
}

export function createThreadPool(
  setting: WorkerSetting,
  { minThreads, maxThreads }: { readonly minThreads: number; readonly maxThreads: number },
): ThreadPool {
  const pool = new Piscina({
    filename: new URL(`./report-worker${extname(import.meta.url)}`, import.meta.url).href,
    workerData: setting,
    minThreads,
    maxThreads,
    idleTimeout: IDLE_THREAD_ENDS_MS,
    // A thread that sleeps on an atomic cannot answer its database's timers.
    atomics: 'disabled',
  })
  return {
    run: async (name, task) => pool.run(task, { name }) as ResultOf<typeof name>,
    close: () => pool.close(),
    destroy: () => pool.destroy(),
  }
}
