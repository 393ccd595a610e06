import type { ThreadPool } from './thread-pool.ts'
import type { ResultOf, TaskOf, Tasks, WorkerSetting } from './worker-task.ts'

export interface OnDemandSetting {
  /** The module of the threads. */
  readonly worker: URL
  readonly maxThreads: number
  /** Throws where a thread would find another database than the one that is open. */
  readonly checkInPlace: () => void
}

/** Threads that are loaded and started when something is asked of them, and end when nothing is for a while. */
export function threadsOnDemand<All extends Tasks<All>>(
  setting: WorkerSetting,
  { worker, maxThreads, checkInPlace }: OnDemandSetting,
): Pick<ThreadPool<All>, 'run' | 'size'> & AsyncDisposable {
  let pool: Promise<ThreadPool<All>> | undefined
  let started: ThreadPool<All> | undefined

  async function start(): Promise<ThreadPool<All>> {
    const { createThreadPool } = await import('./thread-pool.ts')
    return (started = createThreadPool<All>(setting, { minThreads: 0, maxThreads, worker }))
  }

  return {
    async run<Name extends keyof All & string>(
      name: Name,
      task: TaskOf<All, Name>,
    ): Promise<ResultOf<All, Name>> {
      checkInPlace()
      pool ??= start()
      return (await pool).run(name, task)
    },
    size: () => started?.size() ?? 0,
    async [Symbol.asyncDispose]() {
      await (await pool)?.destroy()
    },
  }
}
