import type { DownStores, DownStoresQuery } from '../../shared/store-now.ts'

/** What is asked of the thread that knows what stores are now: one function of `live-worker.ts` for each. */
export interface LiveTasks {
  downStores(query: DownStoresQuery): Promise<DownStores>
}
