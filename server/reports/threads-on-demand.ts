import type { ThreadPool, ThreadPoolSetting } from './thread-pool.ts'
import type { ResultOf, TaskOf, Tasks, WorkerSetting } from './worker-task.ts'

export interface OnDemandSetting extends Omit<ThreadPoolSetting, 'minThreads'> {
  /** Of those so many stay; none where left out. */
  readonly minThreads?: number
  /** Throws where a thread would find another database than the one that is open. */
  readonly checkInPlace: () => void
}

export interface ThreadsOnDemand<All extends Tasks<All>>
  extends Pick<ThreadPool<All>, 'run' | 'size' | 'close'>, AsyncDisposable {
  /** Starts those that stay, so that the first who asks does not wait for them. */
  start(): void
}

/** Threads that are loaded and started when something is asked of them, and end when nothing is for a while. Disposing ends them at once. */
export function threadsOnDemand<All extends Tasks<All>>(
  setting: WorkerSetting,
  { checkInPlace, minThreads = 0, ...threads }: OnDemandSetting,
): ThreadsOnDemand<All> {
  let pool: Promise<ThreadPool<All>> | undefined
  let started: ThreadPool<All> | undefined

  async function load(): Promise<ThreadPool<All>> {
    const { createThreadPool } = await import('./thread-pool.ts')
    return (started = createThreadPool<All>(setting, { minThreads, ...threads }))
  }

  return {
    start() {
      pool ??= load()
    },
    async run<Name extends keyof All & string>(
      name: Name,
      task: TaskOf<All, Name>,
    ): Promise<ResultOf<All, Name>> {
      checkInPlace()
      pool ??= load()
      return (await pool).run(name, task)
    },
    size: () => started?.size() ?? 0,
    async close() {
      await (await pool)?.close()
    },
    async [Symbol.asyncDispose]() {
      await (await pool)?.destroy()
    },
  }
}
