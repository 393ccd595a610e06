import type { BatchRange, Db } from '../dialect.ts'

/** From an index alone: a place has few rows. */
export async function readBatchRanges(
  db: Db,
  weeks: readonly number[],
  chunks: readonly number[],
): Promise<BatchRange[]> {
  const rows = await db
    .selectFrom('poll_tail')
    .select(({ fn }) => ['week', 'chunk', fn.min('batch').as('first'), fn.max('batch').as('last')])
    .where('week', 'in', weeks)
    .where('chunk', 'in', chunks)
    .groupBy(['week', 'chunk'])
    .execute()
  return rows.map(({ week, chunk, first, last }) => ({ week, chunk, firstBatch: first, lastBatch: last }))
}
