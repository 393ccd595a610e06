import { sql, type Selectable, type Updateable } from 'kysely'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import type { SourceTable } from './way-in-tables.ts'

/** For how long a claim holds that is not put off: of a process that is gone. */
const CLAIM_MS = 10_000

export interface StoredSource extends Selectable<SourceTable> {
  readonly is_claimed: boolean
}

/** What is known of sources, by name. */
export async function readSources(db: Db): Promise<Map<string, StoredSource>> {
  const { clock } = dialectOf(db)
  const rows = await db
    .selectFrom('source')
    .selectAll()
    .select(sql<number>`case when claimed_until > ${clock} then 1 else 0 end`.as('claimed'))
    .orderBy('name')
    .execute()
  return new Map(rows.map(({ claimed, ...row }) => [row.name, { ...row, is_claimed: claimed === 1 }]))
}

/** Who wants to pull what, and when it was pulled last as far as they know. */
export interface SourceClaim {
  readonly name: string
  readonly owner: string
  readonly lastAttemptAt: number | null
  readonly at: number
  /** How often it failed one after the other, as far as that is known. */
  readonly failures: number
  /** When it is tried again where nothing is heard of this attempt; null where it is left to the schedule. */
  readonly retryAt: number | null
}

/** Whether it is theirs: nobody else is at it, or was since. */
export async function claimSource(
  db: Db,
  { name, owner, lastAttemptAt, at, failures, retryAt }: SourceClaim,
): Promise<boolean> {
  const { clock } = dialectOf(db)
  await db
    .insertInto('source')
    .values({ name, failures: 0 })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  const { numUpdatedRows } = await db
    .updateTable('source')
    .set({
      claimed_by: owner,
      claimed_until: sql<number>`${clock} + ${sql.lit(CLAIM_MS)}`,
      last_attempt_at: at,
      failures,
      retry_at: retryAt,
    })
    .where('name', '=', name)
    .where((eb) => eb.or([eb('claimed_until', 'is', null), sql<boolean>`claimed_until <= ${clock}`]))
    .where((eb) =>
      lastAttemptAt === null ? eb('last_attempt_at', 'is', null) : eb('last_attempt_at', '=', lastAttemptAt),
    )
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whether it is still theirs. */
export async function keepClaim(db: Db, name: string, owner: string): Promise<boolean> {
  const { clock } = dialectOf(db)
  return updateClaimed(db, name, owner, {
    claimed_until: sql<number>`${clock} + ${sql.lit(CLAIM_MS)}` as unknown as number,
  })
}

/** Records what came of it, and lets it go, unless it is somebody else's by now. */
export async function endClaim(
  db: Db,
  name: string,
  owner: string,
  values: Updateable<SourceTable>,
): Promise<void> {
  await updateClaimed(db, name, owner, { ...values, claimed_by: null, claimed_until: null })
}

async function updateClaimed(
  db: Db,
  name: string,
  owner: string,
  values: Updateable<SourceTable>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('source')
    .set(values)
    .where('name', '=', name)
    .where('claimed_by', '=', owner)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
