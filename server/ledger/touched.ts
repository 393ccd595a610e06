import type { Db } from '../database/connect.ts'
import { lastStoreKey } from '../database/store-ids.ts'
import { chunksMarkedSince, tailSince } from '../database/store-states.ts'
import { chunkOf } from '../database/tail/tail-row.ts'
import { offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'

/** What changed after a batch. */
export interface Touched {
  /** The chunks of stores of which more than new polls has changed, in ascending order. */
  readonly chunks: readonly number[]
  /** Further stores, with new polls. */
  readonly storeKeys: ReadonlySet<number>
  /** The earliest of these polls; -Infinity where not only polls have come, Infinity where nothing has. */
  readonly fromMs: number
}

/** Of the polls those of some weeks. In a transaction, so that all is as of one moment. */
export async function readTouched(db: Db, afterBatch: number, weeks: readonly number[]): Promise<Touched> {
  return db.transaction().execute(async (tx) => {
    const chunks = await chunksMarkedSince(tx, afterBatch)
    const lastChunk = Math.max(chunkOf(await lastStoreKey(tx)), chunks.at(-1) ?? 0)
    const isMarked = new Set(chunks)
    const storeKeys = new Set<number>()
    let fromMs = chunks.length > 0 ? -Infinity : Infinity
    for (const { week, pairs } of await tailSince(tx, afterBatch, weeks, lastChunk)) {
      for (let i = 0; i < pairs.length; i += 2) {
        fromMs = Math.min(fromMs, week * POLL_WEEK_MS + offsetOf(pairs[i + 1]!))
        if (!isMarked.has(chunkOf(pairs[i]!))) storeKeys.add(pairs[i]!)
      }
    }
    return { chunks, storeKeys, fromMs }
  })
}
