import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely'
import { chunks } from './chunks.ts'
import { isComputedWith, type ComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import type { PartPlan } from './report-plan.ts'
import type { Database } from './schema.ts'

export interface Beginning {
  readonly reportKey: number
  readonly computedWith: ComputedWith
  /** Whether what others began with other versions is begun anew; by default, it is. */
  readonly anew?: boolean
  readonly startedAtMs: number
}

interface Dealt {
  readonly storeCount: number
  readonly parts: readonly (Pick<PartPlan, 'part' | 'firstStoreId'> & { readonly storeCount: number })[]
}

/** Sets a report running, with its parts. False, and nothing is done, where others have begun it, or it has ended. */
export async function beginReport(db: Db, beginning: Beginning, dealt: Dealt): Promise<boolean> {
  const { reportKey, anew = true } = beginning
  if (dialectOf(db).joinsWrites) {
    if (await beginAtOnce(db, beginning, dealt)) return true
    if (!anew) return false
  }
  return unlessBegun(db, async (tx) => {
    if (!(await setRunning(tx, beginning, dealt, isQueued))) {
      if (!anew) throw begunByOthers
      await beginAnew(tx, beginning, dealt)
    }
    const rows = dealt.parts.map(({ part, firstStoreId, storeCount }) => ({
      report_key: reportKey,
      part,
      first_store_id: firstStoreId,
      store_count: storeCount,
      totals: null,
      csv: null,
      csv_bytes: null,
    }))
    for (const chunk of chunks(rows)) await tx.insertInto('report_part').values(chunk).execute()
  })
}

/** One that is queued, by one statement: all who share it begin with this, and wait for whoever is first. */
async function beginAtOnce(db: Db, beginning: Beginning, dealt: Dealt): Promise<boolean> {
  const begun = running(db, beginning, dealt).where(isQueued).returning('report_key')
  const { rows } = await sql`
    with begun as (${begun}), dealt as (
      insert into report_part (report_key, part, first_store_id, store_count)
      select report_key, part, first_store_id, store_count from begun, unnest(
        ${dealt.parts.map(({ part }) => part)}::int[],
        ${dealt.parts.map(({ firstStoreId }) => firstStoreId)}::text[],
        ${dealt.parts.map(({ storeCount }) => storeCount)}::int[]
      ) as parts (part, first_store_id, store_count)
    )
    select report_key from begun`.execute(db)
  return rows.length > 0
}

type Condition = (eb: ExpressionBuilder<Database, 'report'>) => Expression<SqlBool>

const isQueued: Condition = (eb) => eb('state', '=', 'queued')

function running(db: Db, { reportKey, computedWith, startedAtMs }: Beginning, { storeCount }: Dealt) {
  return db
    .updateTable('report')
    .set({
      state: 'running',
      stores_total: storeCount,
      stores_done: 0,
      started_at: startedAtMs,
      program_version: computedWith.programVersion,
      zone_data_version: computedWith.zoneDataVersion,
    })
    .where('report_key', '=', reportKey)
}

async function setRunning(tx: Db, beginning: Beginning, dealt: Dealt, mayBegin: Condition): Promise<boolean> {
  const { numUpdatedRows } = await running(tx, beginning, dealt).where(mayBegin).executeTakeFirst()
  return numUpdatedRows > 0n
}

async function beginAnew(tx: Db, beginning: Beginning, dealt: Dealt): Promise<void> {
  const { reportKey, computedWith } = beginning
  const isOfOthers: Condition = (eb) =>
    eb.and([eb('state', '=', 'running'), eb.not(isComputedWith(computedWith)(eb))])
  // First, as whoever is at a part has it locked, and then waits for the report.
  await tx
    .deleteFrom('report_part')
    .where('report_key', 'in', (eb) =>
      eb.selectFrom('report').select('report_key').where('report_key', '=', reportKey).where(isOfOthers),
    )
    .execute()
  if (!(await setRunning(tx, beginning, dealt, isOfOthers))) throw begunByOthers
}

/** Undoes what was begun, too, by others that were sooner. */
const begunByOthers = new Error('others have begun the report')

async function unlessBegun(db: Db, work: (tx: Db) => Promise<void>): Promise<boolean> {
  try {
    await db.transaction().execute(work)
    return true
  } catch (error) {
    if (error !== begunByOthers) throw error
    return false
  }
}
