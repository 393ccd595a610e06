import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

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
  db: Db,
  { week, newPolls, latestPollAt }: { week: number; newPolls: number; latestPollAt: number },
): Promise<void> {
  await db
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

async function countPolls(db: Db): Promise<number> {
  const { polls } = await db
    .selectFrom('poll_week_summary')
    .select((eb) => eb.fn.sum('poll_count').as('polls'))
    .executeTakeFirstOrThrow()
  return Number(polls ?? 0)
}

/** How much there is, without reading it. Throws an `unavailable` AppError where the database is not in its place. */
export async function databaseSummary(db: Db): Promise<DatabaseSummary> {
  dialectOf(db).checkInPlace(db)
  // Keys are given without gaps and stores are not removed.
  const { stores } = await db
    .selectFrom('store')
    .select((eb) => eb.fn.max('store_key').as('stores'))
    .executeTakeFirstOrThrow()
  return { stores: stores ?? 0, polls: await countPolls(db), latestPollAt: await latestPollAt(db) }
}
