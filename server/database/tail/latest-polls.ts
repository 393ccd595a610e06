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
  /** By key, as keys are given without gaps; `NaN` where nothing is known. */
  let byStore = new Float64Array()
  /** Of stores that nothing is known of. */
  let ofAll = Infinity
  let lastKnownBatch: number | undefined

  function known(storeKey: number): number {
    const ms = byStore[storeKey] ?? NaN
    return Number.isNaN(ms) ? ofAll : ms
  }

  return {
    async begin(tx) {
      const batch = await nextBatch(tx)
      if (lastKnownBatch !== batch - 1) {
        byStore = new Float64Array()
        ofAll = (await latestPollAt(tx)) ?? -Infinity
      }
      lastKnownBatch = batch
      return batch
    },
    of: known,
    raise(storeKey, ms) {
      if (ms <= known(storeKey)) return
      if (storeKey >= byStore.length) byStore = withRoomFor(storeKey, byStore)
      byStore[storeKey] = ms
    },
    forget() {
      lastKnownBatch = undefined
    },
  }
}

function withRoomFor(storeKey: number, byStore: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(1024, 2 * storeKey)).fill(NaN, byStore.length)
  larger.set(byStore)
  return larger
}
