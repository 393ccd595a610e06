import { extname } from 'node:path'
import type { DownStores, DownStoresQuery } from '../../shared/store-now.ts'
import type { ThreadPool } from '../reports/thread-pool.ts'
import type { WorkerSetting } from '../reports/worker-task.ts'
import { createChangeFeed, type ChangeFeed } from './change-feed.ts'
import type { LiveTasks } from './live-tasks.ts'

/** What stores are now. */
export interface Live extends ChangeFeed {
  /** Those that are down. Throws a `conflict` AppError where there are no polls. */
  down(query: DownStoresQuery): Promise<DownStores>
}

/** Known in a thread of its own, which is started when it is first asked, and ends when nobody asks for a while. */
export function createLive(
  setting: WorkerSetting,
  {
    checkInPlace,
    onError,
  }: { readonly checkInPlace: () => void; readonly onError: (error: unknown) => void },
): Live & AsyncDisposable {
  let thread: Promise<ThreadPool<LiveTasks>> | undefined

  async function startThread(): Promise<ThreadPool<LiveTasks>> {
    const { createThreadPool } = await import('../reports/thread-pool.ts')
    const worker = new URL(`./live-worker${extname(import.meta.url)}`, import.meta.url)
    return createThreadPool<LiveTasks>(setting, { minThreads: 0, maxThreads: 1, worker })
  }

  async function threads(): Promise<ThreadPool<LiveTasks>> {
    checkInPlace()
    thread ??= startThread()
    return thread
  }

  const feed = createChangeFeed({
    read: async (batch) => (await threads()).run('changesAfter', { batch }),
    onError,
  })
  return {
    down: async (query) => (await threads()).run('downStores', query),
    watch: (followed, lastEventId, signal) => feed.watch(followed, lastEventId, signal),
    async [Symbol.asyncDispose]() {
      await (await thread)?.destroy()
    },
  }
}
