import type { Db } from '../connect.ts'
import { writeAlone } from '../write-alone.ts'

const HOUR_MS = 3_600_000
/** For how long polls stay in the tail, where few come. */
const MOST_AGE_MS = 24 * HOUR_MS

/**
 * The last batch that was written a day ago; undefined where nothing is as old. Once an hour it is written down which one
 * is the last.
 */
export async function agedBatch(db: Db, now: number): Promise<number | undefined> {
  const marks = await db.selectFrom('tail_mark').selectAll().orderBy('at').execute()
  const latest = marks.at(-1)
  if (latest === undefined || now - latest.at >= HOUR_MS) await mark(db, now)
  return marks.findLast(({ at }) => now - at >= MOST_AGE_MS)?.batch
}

async function mark(db: Db, now: number): Promise<void> {
  await writeAlone(db, 'data', async (tx) => {
    const { last_batch } = await tx.selectFrom('poll_batch').select('last_batch').executeTakeFirstOrThrow()
    await tx
      .deleteFrom('tail_mark')
      .where('at', '<', now - MOST_AGE_MS - 2 * HOUR_MS)
      .execute()
    await tx
      .insertInto('tail_mark')
      .values({ at: now, batch: last_batch })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  })
}
