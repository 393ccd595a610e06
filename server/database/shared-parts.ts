import { isComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import type { PartPlan } from './report-plan.ts'
import { putParts, storeParts, whileRunning, type PartResult, type PlannedReport } from './report-results.ts'
import { deletePartsOfNone } from './reports.ts'

/**
 * What became of parts that were to be done. `instead`: others are at some of them, or have done them, and others of the report were done
 * in their place. `taken`: others are at all that is left, which is to be looked at again, as they may not live to end it. `over`: all are
 * done. `unwanted`: the report has been ended, or begun anew.
 */
export type PartsOutcome = 'done' | 'instead' | 'taken' | 'over' | 'unwanted'

/**
 * Does parts of a report that are not done, and stores them. Where the database has many writers, whoever is at a part has it locked until it
 * is stored, so that each is done once; when a process dies, or its machine, the lock is gone, and others take the part.
 */
export async function doParts(
  db: Db,
  planned: PlannedReport,
  parts: readonly PartPlan[],
  compute: (parts: readonly PartPlan[]) => Promise<readonly PartResult[]>,
): Promise<PartsOutcome> {
  if (!dialectOf(db).locksRows) {
    return (await storeParts(db, planned, await compute(parts))) ? 'done' : 'unwanted'
  }
  let outcome: PartsOutcome = 'done'
  const isWanted = await whileRunning(db, async (tx) => {
    const claimed = await claimParts(tx, planned, parts)
    if (claimed.length === 0) {
      outcome = await leftOf(tx, planned)
      return
    }
    const numbers = new Set(claimed.map(({ part }) => part))
    if (!parts.every(({ part }) => numbers.has(part))) outcome = 'instead'
    const results = await inTime(tx, () => compute(claimed))
    if (await putParts(tx, planned, results)) outcome = 'over'
  })
  if (isWanted) return outcome
  await deletePartsOfNone(db, planned.reportKey)
  return 'unwanted'
}

/** From this on something may have taken too long for the database, which takes whoever is silent for gone. */
const LONG_MS = 4000
const LONGEST_MS = 120_000
/** Once parts took long here, they may take so long. */
let allowedMs: number | undefined

async function inTime<Result>(tx: Db, work: () => Promise<Result>): Promise<Result> {
  if (allowedMs !== undefined) await dialectOf(tx).allowIdle(tx, allowedMs)
  const begunAt = performance.now()
  try {
    return await work()
  } finally {
    const tookMs = performance.now() - begunAt
    if (tookMs > LONG_MS) allowedMs = Math.min(LONGEST_MS, Math.max(allowedMs ?? 0, Math.ceil(tookMs * 3)))
  }
}

/**
 * Locks as many parts of a report that is running as are wanted, which nobody has done, and nobody is at: those that are wanted first. So
 * processes that begin with the same parts do not wait for each other, nor look at what is done one by one.
 */
async function claimParts(
  tx: Db,
  { reportKey, computedWith }: PlannedReport,
  wanted: readonly PartPlan[],
): Promise<PartPlan[]> {
  const numbers = wanted.map(({ part }) => part)
  const claimed = await tx
    .selectFrom('report_part')
    .innerJoin('report', 'report.report_key', 'report_part.report_key')
    .select((eb) => [
      'part',
      'first_store_id as firstStoreId',
      eb
        .selectFrom('report_part as next')
        .select('next.first_store_id')
        .whereRef('next.report_key', '=', 'report_part.report_key')
        .whereRef('next.part', '=', eb('report_part.part', '+', 1))
        .as('nextStoreId'),
    ])
    .where('report_part.report_key', '=', reportKey)
    .where('csv_bytes', 'is', null)
    .where('state', '=', 'running')
    .where(isComputedWith(computedWith))
    .orderBy((eb) => eb.case().when('part', 'in', numbers).then(0).else(1).end())
    .orderBy('part')
    .limit(wanted.length)
    .forUpdate('report_part')
    .skipLocked()
    .execute()
  return claimed.toSorted((a, b) => a.part - b.part)
}

/** Of a report of which no part can be claimed. */
async function leftOf(
  tx: Db,
  { reportKey, computedWith }: PlannedReport,
): Promise<'taken' | 'over' | 'unwanted'> {
  const running = await tx
    .selectFrom('report')
    .select((eb) =>
      eb
        .selectFrom('report_part')
        .select('part')
        .where('report_part.report_key', '=', reportKey)
        .where('csv_bytes', 'is', null)
        .limit(1)
        .as('toDo'),
    )
    .where('report_key', '=', reportKey)
    .where('state', '=', 'running')
    .where(isComputedWith(computedWith))
    .executeTakeFirst()
  if (running === undefined) return 'unwanted'
  return running.toDo === null ? 'over' : 'taken'
}
