import type { Db } from '../../../server/database/connect.ts'
import { lastStoreKey } from '../../../server/database/store-ids.ts'
import { foldTail, weeksInTail } from '../../../server/database/tail/fold-tail.ts'
import { chunkOf } from '../../../server/database/tail/tail-row.ts'
import { writeAlone } from '../../../server/database/write-alone.ts'

/** Puts all that is in the tail into its weeks. */
export async function foldAll(db: Db): Promise<void> {
  const lastChunk = chunkOf(await lastStoreKey(db))
  for (const week of await weeksInTail(db)) {
    for (let chunk = 0; chunk <= lastChunk; chunk++) {
      await writeAlone(db, 'data', (tx) => foldTail(tx, week, [chunk]))
    }
  }
}
