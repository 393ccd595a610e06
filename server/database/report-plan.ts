import { expressionBuilder, sql, type ExpressionBuilder } from 'kysely'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import { chunks } from './chunks.ts'
import { isComputedWith, type ComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { hasLabels } from './labelled.ts'
import type { Database } from './schema.ts'
import { STORES_PER_CHUNK } from './tail/tail-row.ts'

/** Stores that follow each other in `store_id`, from the first on to just before the next part's first. */
export interface PartPlan {
  readonly part: number
  readonly firstStoreId: StoreId
  /** null for the last part, which has no end: a store that is added later belongs to some part, too. */
  readonly nextStoreId: StoreId | null
}

export interface Planning {
  readonly reportKey: number
  readonly computedWith: ComputedWith
  /** Whether what others began with other versions is begun anew; by default, it is. */
  readonly anew?: boolean
  readonly partSize: (storeCount: number) => number
  readonly startedAtMs: number
}

/**
 * Deals all stores into parts of as many as `partSize` says and sets the report running. Nothing is done where that has
 * happened before, or where the report has ended. A report that was begun with other versions is begun anew, or left, so that all
 * of its bytes are those of one.
 */
export async function planParts(
  db: Db,
  { reportKey, computedWith, anew = true, partSize, startedAtMs }: Planning,
): Promise<void> {
  const storeCount = await countStores(db)
  const storesPerPart = partSize(storeCount)
  const firsts = await firstStoresOfParts(db, storesPerPart)
  await unlessBegun(db, async (tx) => {
    const mayBegin = beginnable(reportKey, computedWith, anew)
    // First, as whoever is at a part has it locked, and then waits for the report.
    await tx
      .deleteFrom('report_part')
      .where('report_key', 'in', (eb) => eb.selectFrom('report').select('report_key').where(mayBegin))
      .execute()
    const { numUpdatedRows } = await tx
      .updateTable('report')
      .set({
        state: 'running',
        stores_total: storeCount,
        stores_done: 0,
        started_at: startedAtMs,
        program_version: computedWith.programVersion,
        zone_data_version: computedWith.zoneDataVersion,
      })
      .where(mayBegin)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw begunByOthers
    const parts = firsts.map((firstStoreId, part) => ({
      report_key: reportKey,
      part,
      // A store that is added later and comes before all others belongs to the first part.
      first_store_id: part === 0 ? ('' as StoreId) : firstStoreId,
      store_count: storesOfPart(part, storeCount, storesPerPart),
      totals: null,
      csv: null,
      csv_bytes: null,
    }))
    for (const chunk of chunks(parts)) await tx.insertInto('report_part').values(chunk).execute()
  })
}

/** Undoes what was begun, too, by others that were sooner. */
const begunByOthers = new Error('others have begun the report')

async function unlessBegun(db: Db, work: (tx: Db) => Promise<void>): Promise<void> {
  try {
    await db.transaction().execute(work)
  } catch (error) {
    if (error !== begunByOthers) throw error
  }
}

/** Whether it is the report, and was not begun, or with other versions. */
function beginnable(reportKey: number, computedWith: ComputedWith, anew: boolean) {
  return (eb: ExpressionBuilder<Database, 'report'>) =>
    eb.and([
      eb('report_key', '=', reportKey),
      eb.or([
        eb('state', '=', 'queued'),
        ...(anew ? [eb.and([eb('state', '=', 'running'), eb.not(isComputedWith(computedWith)(eb))])] : []),
      ]),
    ])
}

function storesOfPart(part: number, storeCount: number, storesPerPart: number): number {
  const ofFirst = storesOfFirstPart(storesPerPart)
  const before = part === 0 ? 0 : ofFirst + (part - 1) * storesPerPart
  return Math.max(0, Math.min(part === 0 ? ofFirst : storesPerPart, storeCount - before))
}

/**
 * Keys are given from 1 on, mostly in order of id: so parts that are as large as chunks of the tail have stores of one chunk each.
 */
function storesOfFirstPart(storesPerPart: number): number {
  return storesPerPart === STORES_PER_CHUNK ? storesPerPart - 1 : storesPerPart
}

async function countStores(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('store')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** By one statement, as each has to wait for its answer; one that numbers all stores takes longer. */
export async function firstStoresOfParts(
  db: Db,
  storesPerPart: number,
  labels: readonly StoreLabel[] = [],
): Promise<StoreId[]> {
  const isMeant = hasLabels(labels)(expressionBuilder<Database, 'store'>())
  const { rows } = await sql<{ store_id: StoreId }>`
    with recursive first_store (part, store_id) as (
      select 0, (select store_id from store where ${isMeant} order by store_id limit 1)
      union all
      select 1, (
        select store_id from store where ${isMeant} order by store_id limit 1 offset ${storesOfFirstPart(storesPerPart)}
      )
      union all
      select part + 1, (
        select store.store_id from store
        where store.store_id >= first_store.store_id and ${isMeant}
        order by store.store_id limit 1 offset ${storesPerPart}
      )
      from first_store where part > 0 and first_store.store_id is not null
    )
    select store_id from first_store where store_id is not null order by part`.execute(db)
  return rows.map(({ store_id }) => store_id)
}

/** All parts of a report, in order. */
export async function listAllParts(db: Db, reportKey: number): Promise<PartPlan[]> {
  return (await listParts(db, reportKey)).map(({ plan }) => plan)
}

/** The parts of a report whose result is not stored yet, in order. */
export async function listPendingParts(db: Db, reportKey: number): Promise<PartPlan[]> {
  return (await listParts(db, reportKey)).flatMap(({ plan, isPending }) => (isPending ? [plan] : []))
}

async function listParts(
  db: Db,
  reportKey: number,
): Promise<{ readonly plan: PartPlan; readonly isPending: boolean }[]> {
  const parts = await db
    .selectFrom('report_part')
    .select(['part', 'first_store_id', 'csv_bytes'])
    .where('report_key', '=', reportKey)
    .orderBy('part')
    .execute()
  return parts.map(({ part, first_store_id, csv_bytes }, i) => ({
    plan: { part, firstStoreId: first_store_id, nextStoreId: parts[i + 1]?.first_store_id ?? null },
    isPending: csv_bytes === null,
  }))
}
