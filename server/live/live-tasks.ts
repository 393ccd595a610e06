import type { DownStores, DownStoresQuery, StoreChange } from '../../shared/store-now.ts'

/** A change, and the groups that its store is in, each as label=value. */
export interface LiveChange extends StoreChange {
  readonly labels: readonly string[]
}

export interface LiveChanges {
  /** As of which they are. */
  readonly batch: number
  /** The latest poll; null where there is none. */
  readonly asOf: string | null
  /** Null where they are not known, or too many. */
  readonly changes: readonly LiveChange[] | null
}

/** What is asked of the thread that knows what stores are now: one function of `live-worker.ts` for each. */
export interface LiveTasks {
  downStores(query: DownStoresQuery): Promise<DownStores>
  /** What has changed since a batch; nothing where none is named. */
  changesAfter(task: { readonly batch: number | undefined }): Promise<LiveChanges>
}
