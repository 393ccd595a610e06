/** What is older than it is to be kept, counted: what `retained.ts` deletes. */
import { POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { Db } from './connect.ts'

export async function countOldReports(db: Db, beforeMs: number): Promise<number> {
  const { count } = await db
    .selectFrom('report')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('state', 'in', ['complete', 'failed', 'cancelled'])
    .where('finished_at', '<', beforeMs)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Of imports in the order in which they were, up to one that has not ended before. */
export async function countOldRejectedRows(db: Db, beforeMs: number): Promise<number> {
  const younger = await db
    .selectFrom('rejected_row')
    .innerJoin('import', 'import.import_id', 'rejected_row.import_id')
    .select('rejected_row.import_id')
    .where((eb) => eb.or([eb('finished_at', 'is', null), eb('finished_at', '>=', beforeMs)]))
    .orderBy('rejected_row.import_id')
    .limit(1)
    .executeTakeFirst()
  const { count } = await db
    .selectFrom('rejected_row')
    .select((eb) => eb.fn.countAll().as('count'))
    .$if(younger !== undefined, (query) => query.where('import_id', '<', younger!.import_id))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Of UTC weeks all of which were before. */
export async function countOldPolls(db: Db, beforeMs: number): Promise<number> {
  const { polls } = await db
    .selectFrom('poll_week_summary')
    .select((eb) => eb.fn.sum('poll_count').as('polls'))
    .where('week', '<=', Math.floor(beforeMs / POLL_WEEK_MS) - 1)
    .executeTakeFirstOrThrow()
  return Number(polls ?? 0)
}
