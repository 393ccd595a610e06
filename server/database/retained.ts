/** Deletes what is older than it is to be kept, a step at a time: each is a transaction, and a change. */
import { formatTimestamp } from '../../shared/timestamp.ts'
import { POLL_WEEK_MS } from '../uptime/poll-week.ts'
import { recordChange, type ChangeMade } from './changes.ts'
import type { Db } from './connect.ts'
import { deletePolls } from './deleted-polls.ts'
import { firstPollWeek } from './poll-week-summary.ts'
import { lastStoreKey } from './store-ids.ts'
import { recordTouchedStores } from './touched-stores.ts'
import { writeAlone, type WriteTx } from './write-alone.ts'

export interface Keeping extends ChangeMade {
  /** What is of before that goes. */
  readonly beforeMs: number
}

/** Of so many stores at most, a step deletes what reports have; at least one report. */
const STORES_OF_REPORTS = 100_000
const REPORTS_AT_ONCE = 50
const ROWS_AT_ONCE = 5000
const STORES_AT_ONCE = 5000

/** Deletes some reports that ended before, with their results; how many. */
export async function deleteOldReports(db: Db, { beforeMs, ...made }: Keeping): Promise<number> {
  const old = await oldReports(db, beforeMs)
  if (old.length === 0) return 0
  return writeAlone(db, 'data', async (tx) => {
    const gone = await tx
      .deleteFrom('report')
      .where('report_key', 'in', old)
      .returning('report_key')
      .execute()
    const count = gone.length
    const what = `${count} ${count === 1 ? 'report' : 'reports'} that ended before ${formatTimestamp(beforeMs)}`
    if (count > 0) await recordChange(tx, { ...made, kind: 'reports-deleted', what })
    return count
  })
}

async function oldReports(db: Db, beforeMs: number): Promise<number[]> {
  const rows = await db
    .selectFrom('report')
    .select(['report_key', 'stores_total'])
    .where('state', 'in', ['complete', 'failed', 'cancelled'])
    .where('finished_at', '<', beforeMs)
    .orderBy('report_key')
    .limit(REPORTS_AT_ONCE)
    .execute()
  let stores = 0
  return rows
    .filter(({ stores_total }, i) => (stores += stores_total) <= STORES_OF_REPORTS || i === 0)
    .map(({ report_key }) => report_key)
}

/** Deletes some rejected rows of the first import that has any, where it ended before; how many. What was counted of them stays. */
export async function deleteOldRejectedRows(db: Db, { beforeMs, ...made }: Keeping): Promise<number> {
  const first = await db
    .selectFrom('rejected_row')
    .innerJoin('import', 'import.import_id', 'rejected_row.import_id')
    .select(['rejected_row.import_id', 'source', 'finished_at'])
    .orderBy('rejected_row.import_id')
    .limit(1)
    .executeTakeFirst()
  if (first === undefined || first.finished_at === null || first.finished_at >= beforeMs) return 0
  const { import_id: importId, source } = first
  return writeAlone(db, 'data', async (tx) => {
    const lines = tx
      .selectFrom('rejected_row')
      .select('line')
      .where('import_id', '=', importId)
      .orderBy('line')
      .limit(ROWS_AT_ONCE)
    const gone = await tx
      .deleteFrom('rejected_row')
      .where('import_id', '=', importId)
      .where('line', 'in', lines)
      .returning('line')
      .execute()
    const count = gone.length
    const what = `the text of ${count} rejected ${count === 1 ? 'row' : 'rows'} of import ${importId}: ${source}`
    if (count > 0) await recordChange(tx, { ...made, kind: 'rejected-rows-deleted', what })
    return count
  })
}

/**
 * Deletes polls of UTC weeks that ended before, the first week first, some stores at a time. Yields how many after each
 * step. A week whose polls are partly younger stays as a whole.
 */
export async function* deleteOldPolls(db: Db, { beforeMs, ...made }: Keeping): AsyncGenerator<number> {
  const lastKey = await lastStoreKey(db)
  for (;;) {
    const week = await firstPollWeek(db)
    if (week === undefined || (week + 1) * POLL_WEEK_MS > beforeMs) return
    let polls = 0
    for (let first = 1; first <= lastKey; first += STORES_AT_ONCE) {
      const step = await writeAlone(db, 'data', (tx) => deletePollsOfWeek(tx, { week, first, made }))
      polls += step
      if (step > 0) yield step
    }
    if (polls === 0) return // what is left is of nobody
  }
}

interface WeekStep {
  readonly week: number
  readonly first: number
  readonly made: ChangeMade
}

async function deletePollsOfWeek(tx: WriteTx, { week, first, made }: WeekStep): Promise<number> {
  const rows = await tx
    .selectFrom('store')
    .select('store_key')
    .where('store_key', '>=', first)
    .where('store_key', '<', first + STORES_AT_ONCE)
    .orderBy('store_key')
    .execute()
  if (rows.length === 0) return 0
  // Without polls they say nothing.
  await tx
    .deleteFrom('order_week')
    .where('store_key', '>=', first)
    .where('store_key', '<', first + STORES_AT_ONCE)
    .where('week', '<=', week)
    .execute()
  const time = { startMs: week * POLL_WEEK_MS, endMs: (week + 1) * POLL_WEEK_MS }
  const { polls, storeKeys } = await deletePolls(
    tx,
    rows.map(({ store_key }) => store_key),
    time,
  )
  if (polls === 0) return 0
  const stores = storeKeys.length
  const change = await recordChange(tx, {
    ...made,
    kind: 'polls-deleted',
    what: `${polls} ${polls === 1 ? 'poll' : 'polls'} of ${stores} ${stores === 1 ? 'store' : 'stores'}`,
    fromMs: time.startMs,
    toMs: time.endMs,
    polls,
    stores,
  })
  await recordTouchedStores(tx, change.changeId, storeKeys)
  return polls
}
