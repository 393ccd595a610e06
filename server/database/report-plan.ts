import { expressionBuilder, sql, type RawBuilder } from 'kysely'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import { beginReport, type Beginning } from './begin-report.ts'
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

export interface Planning extends Beginning {
  readonly partSize: (storeCount: number) => number
}

export interface Planned {
  readonly parts: readonly PartPlan[]
  /** Whether the report was set running with these parts. */
  readonly isBegun: boolean
}

/**
 * Deals all stores into parts of as many as `partSize` says and sets the report running. Nothing is done where that has happened
 * before, or where the report has ended. A report that was begun with other versions is begun anew, or left, so that all
 * of its bytes are those of one.
 */
export async function planParts(db: Db, planning: Planning): Promise<Planned> {
  const { storeCount, storesPerPart, firsts } = await dealtStores(db, planning.partSize)
  const plans = firsts.map((first, part) => ({
    part,
    // A store that is added later and comes before all others belongs to the first part.
    firstStoreId: part === 0 ? ('' as StoreId) : first,
    nextStoreId: firsts[part + 1] ?? null,
  }))
  const isBegun = await beginReport(db, planning, {
    storeCount,
    parts: plans.map((plan) => ({ ...plan, storeCount: storesOfPart(plan.part, storeCount, storesPerPart) })),
  })
  return { parts: plans, isBegun }
}

/** With one question where parts are as large as they can be, as each has to wait for its answer. */
async function dealtStores(db: Db, partSize: Planning['partSize']) {
  const largest = partSize(Infinity)
  const dealt = await firstStoresAndCount(db, largest)
  const storesPerPart = partSize(dealt.storeCount)
  if (storesPerPart === largest) return { ...dealt, storesPerPart }
  return { ...(await firstStoresAndCount(db, storesPerPart)), storesPerPart }
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

async function firstStoresAndCount(db: Db, storesPerPart: number) {
  const { rows } = await firsts<{ store_id: StoreId; stores: number }>(storesPerPart, {
    and: sql`, (select count(*) from store) as stores`,
  }).execute(db)
  return { firsts: rows.map(({ store_id }) => store_id), storeCount: Number(rows[0]?.stores ?? 0) }
}

export async function firstStoresOfParts(
  db: Db,
  storesPerPart: number,
  labels: readonly StoreLabel[] = [],
): Promise<StoreId[]> {
  const { rows } = await firsts<{ store_id: StoreId }>(storesPerPart, { labels }).execute(db)
  return rows.map(({ store_id }) => store_id)
}

/** One statement, as each has to wait for its answer; one that numbers all stores takes longer. */
function firsts<Row>(
  storesPerPart: number,
  {
    labels = [],
    and = sql``,
  }: { readonly labels?: readonly StoreLabel[]; readonly and?: RawBuilder<unknown> },
): RawBuilder<Row> {
  const isMeant = hasLabels(labels)(expressionBuilder<Database, 'store'>())
  return sql`
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
    select store_id ${and} from first_store where store_id is not null order by part`
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
