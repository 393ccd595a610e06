import { sql } from 'kysely'
import type { BatchRange, Db } from '../dialect.ts'

/** Without looking at all rows, among which polls lie, nor at weeks that have none. */
export async function readBatchRanges(
  db: Db,
  weeks: readonly number[],
  chunks: readonly number[],
): Promise<BatchRange[]> {
  const listed = (numbers: readonly number[]) =>
    sql.join(numbers.map((number) => sql`(cast(${number} as integer))`))
  const ofPlace = sql`from poll_tail where week = w.column1 and chunk = c.column1`
  const { rows } = await sql<{ week: number; chunk: number; first: number | null; last: number | null }>`
    select w.column1 as week, c.column1 as chunk,
      (select min(batch) ${ofPlace}) as first, (select max(batch) ${ofPlace}) as last
    from (values ${listed(weeks)}) as w cross join (values ${listed(chunks)}) as c
    where (select 1 from poll_tail where week = w.column1 limit 1) is not null`.execute(db)
  return rows.flatMap(({ week, chunk, first, last }) =>
    first === null || last === null ? [] : { week, chunk, firstBatch: first, lastBatch: last },
  )
}
