/** Who looks for incidents, and how far they are: one server at a time. */
import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

/** How far the ledger is. */
export interface Watched {
  /** By which rules, and since which data time these count; undefined where nobody has looked yet. */
  readonly rules: { readonly version: number; readonly sinceMs: number } | undefined
  /** Up to which data time was looked; undefined likewise. */
  readonly dataTimeMs: number | undefined
  /** When that was. */
  readonly lookedMs: number | undefined
}

/** For how long a claim holds that is not renewed: of a process that is gone. */
const CLAIM_MS = 12_000

/** Takes the ledger, or keeps it, for a while; undefined where another server has it. */
export async function claimWatch(
  db: Db,
  owner: string,
): Promise<(Watched & { readonly wasOurs: boolean }) | undefined> {
  const { clock } = dialectOf(db)
  const claim = db.updateTable('incident_watch').set(claimOf(db, owner)).returningAll()
  const ours = await claim.where('claimed_by', '=', owner).executeTakeFirst()
  if (ours !== undefined) return { ...watchedOf(ours), wasOurs: true }
  const isFree = sql<boolean>`(claimed_until is null or claimed_until <= ${clock})`
  const taken = await claim.where(isFree).executeTakeFirst()
  return taken && { ...watchedOf(taken), wasOurs: false }
}

/** Keeps it where nobody else has taken it by now. */
export async function keepWatch(db: Db, owner: string): Promise<void> {
  await db.updateTable('incident_watch').set(claimOf(db, owner)).where('claimed_by', '=', owner).execute()
}

/** Lets it go, so that another server takes it at once. */
export async function releaseWatch(db: Db, owner: string): Promise<void> {
  await db
    .updateTable('incident_watch')
    .set({ claimed_by: null, claimed_until: null })
    .where('claimed_by', '=', owner)
    .execute()
}

/**
 * Records how far it was looked, in the transaction that records what was found; false where the ledger is another server's by now, which
 * may have found it, too.
 */
export async function recordWatched(
  tx: Db,
  owner: string,
  {
    version,
    sinceMs,
    dataTimeMs,
    nowMs,
  }: Readonly<Record<'version' | 'sinceMs' | 'dataTimeMs' | 'nowMs', number>>,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('incident_watch')
    .set({
      rules_version: version,
      since_at: sinceMs,
      data_time: dataTimeMs,
      looked_at: nowMs,
      ...claimOf(tx, owner),
    })
    .where('claimed_by', '=', owner)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function readWatched(db: Db): Promise<Watched> {
  return watchedOf(await db.selectFrom('incident_watch').selectAll().executeTakeFirstOrThrow())
}

function claimOf(db: Db, owner: string) {
  const { clock } = dialectOf(db)
  return {
    claimed_by: owner,
    claimed_until: sql<number>`${clock} + ${sql.lit(CLAIM_MS)}` as unknown as number,
  }
}

function watchedOf(row: {
  readonly rules_version: number | null
  readonly since_at: number | null
  readonly data_time: number | null
  readonly looked_at: number | null
}): Watched {
  const { rules_version: version, since_at: sinceMs } = row
  return {
    rules: version === null || sinceMs === null ? undefined : { version, sinceMs },
    dataTimeMs: row.data_time ?? undefined,
    lookedMs: row.looked_at ?? undefined,
  }
}
