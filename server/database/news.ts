import type { News } from '../../shared/news.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from './connect.ts'
import { latestPollAt } from './poll-week-summary.ts'

/** What there is of late. */
export async function readNews(db: Db, nowMs: number): Promise<News> {
  const latestPollMs = await latestPollAt(db)
  const lastImport = await db
    .selectFrom('import')
    .select(['import_id', 'state'])
    .orderBy('import_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const lastChange = await db
    .selectFrom('change')
    .select((eb) => eb.fn.max('change_id').as('id'))
    .executeTakeFirst()
  const lastReport = await db
    .selectFrom('report')
    .select(['report_id', 'state'])
    .orderBy('report_key', 'desc')
    .limit(1)
    .executeTakeFirst()
  const { pushed_at: pushedAt } = await db
    .selectFrom('poll_batch')
    .select('pushed_at')
    .executeTakeFirstOrThrow()
  return {
    latestPoll: latestPollMs === undefined ? null : formatTimestamp(latestPollMs),
    lastImport: lastImport === undefined ? null : { importId: lastImport.import_id, state: lastImport.state },
    lastChange: lastChange?.id ?? null,
    lastReport: lastReport === undefined ? null : { reportId: lastReport.report_id, state: lastReport.state },
    lastPush: pushedAt === 0 ? null : formatTimestamp(pushedAt),
    at: formatTimestamp(nowMs),
  }
}
