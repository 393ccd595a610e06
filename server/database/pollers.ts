import { sql, type Selectable } from 'kysely'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { NoAnswerReason, TurnOutcome } from '../../shared/poller.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { nextStoreIds } from './stores.ts'
import type { PollerTable } from './way-in-tables.ts'

const HOUR_MS = 3_600_000
/** For how long counts are kept. */
const KEPT_HOURS = 7 * 24
/** For how long a claim holds that is not put off: of a process that is gone. */
const CLAIM_MS = 10_000

export interface StoredPoller extends Selectable<PollerTable> {
  readonly is_claimed: boolean
}

export async function readPollers(db: Db): Promise<Map<string, StoredPoller>> {
  const { clock } = dialectOf(db)
  const rows = await db
    .selectFrom('poller')
    .selectAll()
    .select(sql<number>`case when claimed_until > ${clock} then 1 else 0 end`.as('claimed'))
    .orderBy('name')
    .execute()
  return new Map(rows.map(({ claimed, ...row }) => [row.name, { ...row, is_claimed: claimed === 1 }]))
}

/** Claims a poller, or puts off the end of the claim; what is known of it, or undefined where it is another's. */
export async function claimPoller(
  db: Db,
  name: string,
  owner: string,
): Promise<Selectable<PollerTable> | undefined> {
  const { clock } = dialectOf(db)
  await db
    .insertInto('poller')
    .values({ name })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  return db
    .updateTable('poller')
    .set({ claimed_by: owner, claimed_until: sql<number>`${clock} + ${sql.lit(CLAIM_MS)}` })
    .where('name', '=', name)
    .where((eb) =>
      eb.or([
        eb('claimed_by', 'is', null),
        eb('claimed_by', '=', owner),
        sql<boolean>`claimed_until <= ${clock}`,
      ]),
    )
    .returningAll()
    .executeTakeFirst()
}

export async function releasePoller(db: Db, name: string, owner: string): Promise<void> {
  await db
    .updateTable('poller')
    .set({ claimed_by: null, claimed_until: null })
    .where('name', '=', name)
    .where('claimed_by', '=', owner)
    .execute()
}

/** What came of turns. */
export interface CountedTurns {
  readonly outcome: TurnOutcome
  readonly turns: number
  readonly example: string | null
}

/** How far a poller is, and what came of turns since that was recorded last. */
export interface PollerProgress {
  readonly askedUntil: number
  readonly stores: number
  readonly lastAnswerAt: number | undefined
  readonly pause: { readonly sinceMs: number; readonly untilMs: number } | undefined
  readonly counted: readonly CountedTurns[]
}

/** Records it as one. */
export async function recordPollerProgress(
  db: Db,
  name: string,
  { askedUntil, stores, lastAnswerAt, pause, counted }: PollerProgress,
  at: number,
): Promise<void> {
  const hour = Math.floor(at / HOUR_MS)
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('poller')
      .set({
        asked_until: askedUntil,
        stores,
        pause_since: pause?.sinceMs ?? null,
        pause_until: pause?.untilMs ?? null,
        ...(lastAnswerAt === undefined ? {} : { last_answer_at: lastAnswerAt }),
      })
      .where('name', '=', name)
      .execute()
    if (counted.length === 0) return
    await tx
      .deleteFrom('poller_hour')
      .where('poller', '=', name)
      .where('hour', '<', hour - KEPT_HOURS)
      .execute()
    await tx
      .insertInto('poller_hour')
      .values(counted.map((one) => ({ poller: name, hour, ...one })))
      .onConflict((conflict) =>
        conflict.columns(['poller', 'hour', 'outcome']).doUpdateSet((eb) => ({
          turns: eb('poller_hour.turns', '+', eb.ref('excluded.turns')),
          example: eb.ref('excluded.example'),
        })),
      )
      .execute()
  })
}

export interface TurnsOfDay {
  readonly active: number
  readonly inactive: number
  /** The most frequent first. */
  readonly reasons: readonly {
    readonly reason: NoAnswerReason
    readonly count: number
    readonly example: string
  }[]
}

/** What came of the turns of each poller in the 24 hours before an instant, and the hour in which they began. */
export async function turnsOfDay(db: Db, at: number): Promise<Map<string, TurnsOfDay>> {
  const rows = await db
    .selectFrom('poller_hour')
    .select(['poller', 'outcome', 'turns', 'example'])
    .where('hour', '>=', Math.floor(at / HOUR_MS) - 24)
    .orderBy('hour')
    .execute()
  const byPoller = Map.groupBy(rows, (row) => row.poller)
  return new Map(Array.from(byPoller, ([poller, ofPoller]) => [poller, summed(ofPoller)]))
}

function summed(rows: readonly CountedTurns[]): TurnsOfDay {
  const counts = new Map<TurnOutcome, { count: number; example: string }>()
  for (const { outcome, turns, example } of rows) {
    const count = (counts.get(outcome)?.count ?? 0) + Number(turns)
    counts.set(outcome, { count, example: example ?? '' })
  }
  const countOf = (outcome: TurnOutcome) => counts.get(outcome)?.count ?? 0
  const reasons = [...counts]
    .flatMap(([reason, counted]) =>
      reason === 'active' || reason === 'inactive' ? [] : [{ reason, ...counted }],
    )
    .sort((a, b) => b.count - a.count)
  return { active: countOf('active'), inactive: countOf('inactive'), reasons }
}

const STORES_AT_ONCE = 4096

/** The ids of all stores that are in some groups, some at a time. */
export async function* storeIdsIn(db: Db, labels: readonly StoreLabel[]): AsyncGenerator<StoreId[]> {
  for (let after: StoreId | undefined; ;) {
    const storeIds = await nextStoreIds(db, after, STORES_AT_ONCE, labels)
    if (storeIds.length === 0) return
    yield storeIds
    after = storeIds.at(-1)!
  }
}
