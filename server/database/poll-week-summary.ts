import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { storeCount } from './store-ids.ts'
import { addToTotals, readTotals } from './totals.ts'
import type { WriteTx } from './write-alone.ts'

export interface DatabaseSummary {
  readonly stores: number
  readonly polls: number
  /** The latest poll of any store, in epoch milliseconds. */
  readonly latestPollAt: number | undefined
}

export async function hasPollsOfWeek(db: Db, week: number): Promise<boolean> {
  const row = await db
    .selectFrom('poll_week_summary')
    .select('week')
    .where('week', '=', week)
    .executeTakeFirst()
  return row !== undefined
}

/** Keeps the summary of a week up to date with what was written to its polls, in the same transaction. */
export async function addToPollWeekSummary(
  tx: WriteTx,
  { week, newPolls, latestPollAt }: { week: number; newPolls: number; latestPollAt: number },
): Promise<void> {
  addToTotals(tx, { polls: newPolls })
  await tx
    .insertInto('poll_week_summary')
    .values({ week, poll_count: newPolls, latest_poll_at: latestPollAt })
    .onConflict((conflict) =>
      conflict.column('week').doUpdateSet((eb) => ({
        poll_count: eb('poll_week_summary.poll_count', '+', eb.ref('excluded.poll_count')),
        latest_poll_at: eb
          .case()
          .when('poll_week_summary.latest_poll_at', '>', eb.ref('excluded.latest_poll_at'))
          .then(eb.ref('poll_week_summary.latest_poll_at'))
          .else(eb.ref('excluded.latest_poll_at'))
          .end(),
      })),
    )
    .execute()
}

/** Likewise where polls were removed of it; `latestPollAt` reads when the latest of those that are left was. */
export async function takeFromPollWeekSummary(
  tx: WriteTx,
  { week, polls, lastMs }: { week: number; polls: number; lastMs: number },
  latestPollAt: () => Promise<number>,
): Promise<void> {
  addToTotals(tx, { polls: -polls })
  const ofWeek = await tx
    .selectFrom('poll_week_summary')
    .select(['poll_count', 'latest_poll_at'])
    .where('week', '=', week)
    .executeTakeFirst()
  if (ofWeek === undefined) return
  const left = ofWeek.poll_count - polls
  if (left <= 0) {
    await tx.deleteFrom('poll_week_summary').where('week', '=', week).execute()
    return
  }
  const isLatestLeft = lastMs < ofWeek.latest_poll_at
  const latest_poll_at = isLatestLeft ? ofWeek.latest_poll_at : await latestPollAt()
  await tx
    .updateTable('poll_week_summary')
    .set({ poll_count: left, latest_poll_at })
    .where('week', '=', week)
    .execute()
}

/** The weeks with polls of any store. */
export async function weeksWithPolls(db: Db): Promise<number[]> {
  const rows = await db.selectFrom('poll_week_summary').select('week').orderBy('week').execute()
  return rows.map(({ week }) => week)
}

/** The latest poll of any store in epoch milliseconds, or undefined in a database without polls. */
export async function latestPollAt(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('poll_week_summary')
    .select('latest_poll_at')
    .orderBy('week', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.latest_poll_at
}

/** The first week with polls of any store; undefined in a database without polls. */
export async function firstPollWeek(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('poll_week_summary')
    .select('week')
    .orderBy('week')
    .limit(1)
    .executeTakeFirst()
  return row?.week
}

/** How much there is, without reading it. Throws an `unavailable` AppError where the database is not in its place. */
export async function databaseSummary(db: Db): Promise<DatabaseSummary> {
  dialectOf(db).checkInPlace(db)
  const { polls } = await readTotals(db)
  return { stores: await storeCount(db), polls, latestPollAt: await latestPollAt(db) }
}
