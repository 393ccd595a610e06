import { sql, type Selectable } from 'kysely'
import type { DigestTable } from './alert-tables.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { lastEventKey } from './told-events.ts'

/** For how long a claim holds that is not kept: of a process that is gone. */
const CLAIM_MS = 20_000

export type StoredDigest = Selectable<DigestTable>

/** A digest of a period. */
export interface DigestOf {
  readonly name: string
  readonly period: string
}

/** Of each digest the one that was due last. */
export async function readLatestDigests(db: Db): Promise<Map<string, StoredDigest>> {
  return byName(await db.selectFrom('digest').selectAll().orderBy('due_at').execute())
}

/** Of each digest the one that was told last. */
export async function readRecordedDigests(db: Db): Promise<Map<string, StoredDigest>> {
  const recorded = db.selectFrom('digest').selectAll().where('state', '=', 'recorded')
  return byName(await recorded.orderBy('due_at').execute())
}

function byName(inOrder: readonly StoredDigest[]): Map<string, StoredDigest> {
  return new Map(inOrder.map((row) => [row.name, row]))
}

/** The last events that the digest before one knew of, and that it knew of itself; null where there is none. */
export async function readKnownEvents(
  db: Db,
  { name, period }: DigestOf,
  dueAt: number,
): Promise<{ readonly before: number | null; readonly own: number | null }> {
  const ofName = db
    .selectFrom('digest')
    .select('last_event_key')
    .where('name', '=', name)
    .where('last_event_key', 'is not', null)
  const own = await ofName.where('period', '=', period).where('state', '=', 'recorded').executeTakeFirst()
  const before = await ofName
    .where('period', '<>', period)
    .where('due_at', '<', dueAt)
    .orderBy('due_at', 'desc')
    .executeTakeFirst()
  return { before: before?.last_event_key ?? null, own: own?.last_event_key ?? null }
}

/** Notes that a digest is known from now on, and that this one is not told: it was due before. */
export async function skipDigest(db: Db, { name, period }: DigestOf, dueAt: number): Promise<void> {
  await db
    .insertInto('digest')
    .values({ name, period, state: 'skipped', due_at: dueAt, last_event_key: await lastEventKey(db) })
    .onConflict((conflict) => conflict.columns(['name', 'period']).doNothing())
    .execute()
}

/** Whether it is theirs to tell: it was not told, and nobody else is at it. */
export async function claimDigest(
  db: Db,
  { name, period }: DigestOf,
  { owner, dueAt }: { readonly owner: string; readonly dueAt: number },
): Promise<boolean> {
  const { clock } = dialectOf(db)
  await db
    .insertInto('digest')
    .values({ name, period, state: 'due', due_at: dueAt })
    .onConflict((conflict) => conflict.columns(['name', 'period']).doNothing())
    .execute()
  const { numUpdatedRows } = await db
    .updateTable('digest')
    .set({ claimed_by: owner, claimed_until: claimEnd(db, CLAIM_MS) })
    .where('name', '=', name)
    .where('period', '=', period)
    .where('state', '=', 'due')
    .where((eb) => eb.or([eb('claimed_until', 'is', null), sql<boolean>`claimed_until <= ${clock}`]))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Keeps a claim, for as long as it is usually, or for longer where it is to be tried again later. */
export async function keepDigestClaim(
  db: Db,
  digest: DigestOf,
  owner: string,
  forMs = CLAIM_MS,
): Promise<void> {
  await claimedBy(db, digest, owner)
    .set({ claimed_until: claimEnd(db, forMs) })
    .execute()
}

/** Lets it go, so that whoever comes next goes on. */
export async function letDigestGo(db: Db, digest: DigestOf, owner: string): Promise<void> {
  await claimedBy(db, digest, owner).set({ claimed_by: null, claimed_until: null }).execute()
}

interface RecordedDigest {
  readonly at: number
  readonly reportId: string | null
  /** The last event of the ledger that it knew of. */
  readonly lastEventKey: number
}

/** Records that it is told; false where it is somebody else's by now. */
export async function endDigest(
  tx: Db,
  digest: DigestOf,
  owner: string,
  { at, reportId, lastEventKey }: RecordedDigest,
): Promise<boolean> {
  const { numUpdatedRows } = await claimedBy(tx, digest, owner)
    .set({
      state: 'recorded',
      recorded_at: at,
      report_id: reportId,
      last_event_key: lastEventKey,
      claimed_by: null,
      claimed_until: null,
    })
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function claimedBy(db: Db, { name, period }: DigestOf, owner: string) {
  return db
    .updateTable('digest')
    .where('name', '=', name)
    .where('period', '=', period)
    .where('state', '=', 'due')
    .where('claimed_by', '=', owner)
}

function claimEnd(db: Db, forMs: number) {
  return sql<number>`${dialectOf(db).clock} + ${sql.lit(forMs)}`
}
