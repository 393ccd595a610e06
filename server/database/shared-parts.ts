import { isComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import type { PartPlan } from './report-plan.ts'
import {
  putParts,
  requireRunning,
  storeParts,
  whileRunning,
  type PartResult,
  type PlannedReport,
} from './report-results.ts'
import { deletePartsOfNone } from './reports.ts'

/**
 * What became of parts that were to be done. `taken`: others are at some, which are to be looked at again, as they may not live to
 * end them. `unwanted`: the report has been ended, or begun anew.
 */
export type PartsOutcome = 'done' | 'taken' | 'unwanted'

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
    const left = parts.filter((part) => !claimed.includes(part))
    if (left.length > 0 && (await areToDo(tx, planned.reportKey, left))) outcome = 'taken'
    if (claimed.length === 0) return requireRunning(tx, planned)
    const results = await inTime(tx, () => compute(claimed))
    await putParts(tx, planned, results)
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

/** Locks those of a report that is running that nobody has done, and nobody is at. */
async function claimParts(
  tx: Db,
  { reportKey, computedWith }: PlannedReport,
  parts: readonly PartPlan[],
): Promise<PartPlan[]> {
  const claimed = await tx
    .selectFrom('report_part')
    .innerJoin('report', 'report.report_key', 'report_part.report_key')
    .select('part')
    .where('report_part.report_key', '=', reportKey)
    .where('part', 'in', numbersOf(parts))
    .where('csv_bytes', 'is', null)
    .where('state', '=', 'running')
    .where(isComputedWith(computedWith))
    .forUpdate('report_part')
    .skipLocked()
    .execute()
  const numbers = new Set(claimed.map(({ part }) => part))
  return parts.filter(({ part }) => numbers.has(part))
}

async function areToDo(tx: Db, reportKey: number, parts: readonly PartPlan[]): Promise<boolean> {
  const toDo = await tx
    .selectFrom('report_part')
    .select('part')
    .where('report_key', '=', reportKey)
    .where('part', 'in', numbersOf(parts))
    .where('csv_bytes', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return toDo !== undefined
}

function numbersOf(parts: readonly PartPlan[]): number[] {
  return parts.map(({ part }) => part)
}
