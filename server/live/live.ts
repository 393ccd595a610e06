import { extname } from 'node:path'
import type { DownStores, DownStoresQuery } from '../../shared/store-now.ts'
import { threadsOnDemand, type OnDemandSetting } from '../reports/threads-on-demand.ts'
import type { WorkerSetting } from '../reports/worker-task.ts'
import { createChangeFeed, type ChangeFeed, type ChangeFeedParts } from './change-feed.ts'
import type { LiveTasks } from './live-tasks.ts'

/** What stores are now. */
export interface Live extends ChangeFeed {
  /** Those that are down. Throws a `conflict` AppError where there are no polls. */
  down(query: DownStoresQuery): Promise<DownStores>
  /** How many threads there are: one, while anybody asks. */
  threads(): number
}

/** Known in a thread of its own, which is started when it is first asked, and ends when nobody asks for a while. */
export function createLive(
  setting: WorkerSetting,
  {
    checkInPlace,
    ...feedParts
  }: Pick<OnDemandSetting, 'checkInPlace'> & Pick<ChangeFeedParts, 'onError' | 'mostWatchers'>,
): Live & AsyncDisposable {
  const worker = new URL(`./live-worker${extname(import.meta.url)}`, import.meta.url)
  const threads = threadsOnDemand<LiveTasks>(setting, { worker, maxThreads: 1, checkInPlace })
  const read = (batch: number | undefined) => threads.run('changesAfter', { batch })
  const feed = createChangeFeed({ read, ...feedParts })
  return {
    down: (query) => threads.run('downStores', query),
    watch: (followed, lastEventId, signal) => feed.watch(followed, lastEventId, signal),
    lookSoon: () => feed.lookSoon(),
    threads: () => threads.size(),
    [Symbol.asyncDispose]: () => threads[Symbol.asyncDispose](),
  }
}
