import { latestPollAt } from '../poll-week-summary.ts'
import type { WriteTx } from '../write-alone.ts'
import { nextBatch } from './batch.ts'

/** What a writer knows of the latest poll of each store: one that is later needs no look-up to be known as new. */
export interface LatestPolls {
  /** To be called first in a transaction that changes polls; numbers the change. What others changed since is heeded. */
  begin(tx: WriteTx): Promise<number>
  /** No poll of the store is later, in epoch milliseconds. */
  of(storeKey: number): number
  raise(storeKey: number, ms: number): void
  /** To be called where the transaction failed. */
  forget(): void
}

export function createLatestPolls(): LatestPolls {
  const byStore = new Map<number, number>()
  /** Of stores that nothing is known of. */
  let ofAll = Infinity
  let lastKnownBatch: number | undefined

  return {
    async begin(tx) {
      const batch = await nextBatch(tx)
      if (lastKnownBatch !== batch - 1) {
        byStore.clear()
        ofAll = (await latestPollAt(tx)) ?? -Infinity
      }
      lastKnownBatch = batch
      return batch
    },
    of: (storeKey) => byStore.get(storeKey) ?? ofAll,
    raise(storeKey, ms) {
      if (ms > (byStore.get(storeKey) ?? ofAll)) byStore.set(storeKey, ms)
    },
    forget() {
      lastKnownBatch = undefined
    },
  }
}
