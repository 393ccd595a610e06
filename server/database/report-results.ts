import { AppError } from '../../shared/app-error.ts'
import { isComputedWith, type ComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { dialectOf, type StoredPart } from './dialect/dialect.ts'
import type { PartPlan } from './report-plan.ts'

export interface PartResult {
  readonly part: number
  readonly storeCount: number
  /** The totals of each store, packed as `reports/totals.ts` says. */
  readonly totals: Uint8Array
  readonly csv: Uint8Array
  /** Packed likewise, those without corrections of the stores where they differ. */
  readonly uncorrected?: Uint8Array | undefined
  /** What each store is at the as_of, packed as `reports/states.ts` says; left out of a report by period. */
  readonly states?: Uint8Array
}

export interface PlannedReport {
  readonly reportKey: number
  readonly computedWith: ComputedWith
}

/**
 * Stores the results of parts and counts their stores as done: once, however many bring them, as their bytes are the same.
 * False where the report is no longer running, or where others have begun it anew.
 */
export async function storeParts(
  db: Db,
  planned: PlannedReport,
  results: readonly PartResult[],
): Promise<boolean> {
  return whileRunning(db, async (tx) => void (await putParts(tx, planned, results)))
}

/** False, and nothing is stored, where `work` found that the report is not running. */
export async function whileRunning(db: Db, work: (tx: Db) => Promise<void>): Promise<boolean> {
  try {
    await db.transaction().execute(work)
    return true
  } catch (error) {
    if (error === notRunning) return false
    throw error
  }
}

/** Undoes what has been stored of parts. */
const notRunning = new Error('the report is not running')

/** To be called in `whileRunning`. True where all stores of the report are done. */
export async function putParts(
  tx: Db,
  planned: PlannedReport,
  results: readonly PartResult[],
): Promise<boolean> {
  let isNew = false
  let done = 0
  let more = 0
  for (const result of results) {
    const plannedStores = await putResult(tx, planned.reportKey, result)
    if (plannedStores === undefined) continue
    isNew = true
    done += result.storeCount
    more += result.storeCount - plannedStores
  }
  // Last, as others wait for their turn at the report.
  if (isNew) return countAsDone(tx, planned, { done, more })
  await requireRunning(tx, planned)
  return false
}

async function requireRunning(tx: Db, planned: PlannedReport): Promise<void> {
  if (!(await isRunning(tx, planned))) throw notRunning
}

/** How many stores the part was planned for; undefined where its result is stored already. */
async function putResult(
  tx: Db,
  reportKey: number,
  { part, storeCount, totals, csv, uncorrected, states }: PartResult,
): Promise<number | undefined> {
  const { crc32 } = await import('node:zlib')
  const ofPart = tx.updateTable('report_part').where('report_key', '=', reportKey).where('part', '=', part)
  const stored = await ofPart
    .set({
      totals,
      csv,
      csv_bytes: csv.byteLength,
      totals_crc32: crc32(totals),
      csv_crc32: crc32(csv),
      ...(uncorrected && { uncorrected, uncorrected_crc32: crc32(uncorrected) }),
      ...(states && { states, states_crc32: crc32(states) }),
    })
    .where('csv_bytes', 'is', null)
    .returning('store_count')
    .executeTakeFirst()
  if (stored !== undefined && stored.store_count !== storeCount) {
    await ofPart.set({ store_count: storeCount }).execute()
  }
  return stored?.store_count
}

async function countAsDone(
  tx: Db,
  { reportKey, computedWith }: PlannedReport,
  { done, more }: { readonly done: number; readonly more: number },
): Promise<boolean> {
  const counted = await tx
    .updateTable('report')
    .set((eb) => ({
      stores_done: eb('stores_done', '+', done),
      stores_total: eb('stores_total', '+', more),
    }))
    .where('report_key', '=', reportKey)
    .where('state', '=', 'running')
    .where(isComputedWith(computedWith))
    .returning(['stores_done', 'stores_total'])
    .executeTakeFirst()
  if (counted === undefined) throw notRunning
  return counted.stores_done >= counted.stores_total
}

async function isRunning(db: Db, { reportKey, computedWith }: PlannedReport): Promise<boolean> {
  const running = await db
    .selectFrom('report')
    .select('report_key')
    .where('report_key', '=', reportKey)
    .where('state', '=', 'running')
    .where(isComputedWith(computedWith))
    .executeTakeFirst()
  return running !== undefined
}

/** A part of a complete report. */
export interface DonePart extends PartPlan {
  readonly storeCount: number
  readonly csvBytes: number
  /** Whether totals of it differ without corrections. */
  readonly hasUncorrected: boolean
}

/** The parts of a complete report, in order. */
export async function listDoneParts(db: Db, reportKey: number): Promise<DonePart[]> {
  const parts = await db
    .selectFrom('report_part')
    .select(['part', 'first_store_id', 'store_count', 'csv_bytes', 'uncorrected_crc32'])
    .where('report_key', '=', reportKey)
    .orderBy('part')
    .execute()
  return parts.map(({ part, first_store_id, store_count, csv_bytes, uncorrected_crc32 }, i) => ({
    part,
    firstStoreId: first_store_id,
    nextStoreId: parts[i + 1]?.first_store_id ?? null,
    storeCount: store_count,
    csvBytes: csv_bytes ?? 0,
    hasUncorrected: uncorrected_crc32 !== null,
  }))
}

/** What is stored of a part of a report. */
type StoredResult = StoredPart['what']

/**
 * A complete part's CSV, its packed totals, or those without corrections. Throws a `not-found` AppError where the report
 * was removed meanwhile, and a `damaged` one where they are not as they were stored.
 */
export async function readPart(
  db: Db,
  reportKey: number,
  part: number,
  what: Exclude<StoredResult, 'states'>,
): Promise<Uint8Array> {
  const bytes = await findResult(db, { reportKey, part, what })
  if (bytes !== undefined) return bytes
  throw new AppError(
    'not-found',
    `part ${part} of report ${reportKey} is gone: it was removed while it was read`,
  )
}

/** The packed states of a complete part; undefined where it was stored without. Throws as `readPart`. */
export function readStates(db: Db, reportKey: number, part: number): Promise<Uint8Array | undefined> {
  return findResult(db, { reportKey, part, what: 'states' })
}

async function findResult(db: Db, wanted: StoredPart): Promise<Uint8Array | undefined> {
  // Loaded here, as most commands do without.
  const { crc32 } = await import('node:zlib')
  const stored = await dialectOf(db).readPart(db, wanted)
  if (stored === undefined || stored.checksum === null || stored.checksum === crc32(stored.bytes)) {
    return stored?.bytes
  }
  const { reportKey, part, what } = wanted
  throw new AppError(
    'damaged',
    `the database is damaged: part ${part} of report ${reportKey} is not as it was stored (${what}); put a backup in its place, or request the report again`,
  )
}
