import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { TimelineQuery } from '../../shared/timeline.ts'
import type { AnyRow, ReportExplanation } from '../../shared/verification.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import { listDoneParts } from '../database/report-results.ts'
import type { StoredReport } from '../database/reports.ts'
import { keysEverOf } from '../database/store-ids.ts'
import { NoSuchStore } from '../database/stores.ts'
import { askedOf, type Asked } from '../reports/asked.ts'
import { createGenerator } from '../reports/generate.ts'
import { likelyReasonsOf } from '../reports/likely-reasons.ts'
import { requireComplete } from '../reports/require-complete.ts'
import { computedStores, haveOtherFigures, readStoredStores, rowFormOf } from '../reports/stored-rows.ts'
import { readTimeline } from './timeline.ts'

const DAY_MS = 86_400_000
/** As many as a timeline has at most. */
const MOST_DAYS = 400

/**
 * Takes a store's row of a complete report apart: what is stored, what comes out now, and the time that the report is about
 * as the data say now. Throws a `not-found` AppError where there is no such store, nor was.
 */
export async function explainReport(
  db: Db,
  report: StoredReport,
  storeId: StoreId,
  computedWith: ComputedWith,
): Promise<ReportExplanation> {
  requireComplete(report)
  const asked = askedOf(report)
  const stored = await storedRows(db, report.report_key, asked, storeId)
  const now = await computedRows(db, asked, storeId)
  const timeline = await timelineOf(db, asked, storeId)
  if (stored.length === 0 && now.length === 0) {
    throw timeline === null ? new NoSuchStore(storeId) : notInReport(report, storeId)
  }
  const likelyReasons = async () => {
    const keys = await keysEverOf(db, [storeId])
    return likelyReasonsOf(db, report, { computedWith, storeKeys: new Set(keys.get(storeId)) })
  }
  const differs = stored.length !== now.length || stored.some((row, i) => haveOtherFigures(row, now[i]!))
  return {
    reportId: report.report_id,
    storeId,
    differs,
    stored,
    now,
    likely: differs ? await likelyReasons() : [],
    timeline,
  }
}

function notInReport({ report_id }: StoredReport, storeId: StoreId): AppError {
  return new AppError(
    'not-found',
    `report ${report_id} has no row of store "${storeId}": it is of groups that the store is not in`,
  )
}

async function storedRows(db: Db, reportKey: number, asked: Asked, storeId: StoreId): Promise<AnyRow[]> {
  const parts = await listDoneParts(db, reportKey)
  const part = parts.findLast(({ firstStoreId }) => firstStoreId <= storeId)
  if (part === undefined) return []
  const form = rowFormOf(asked)
  const stores = await readStoredStores(db, reportKey, part, form)
  const place = stores.storeIds.indexOf(storeId)
  return place < 0 ? [] : form.rowsAt(stores, place)
}

/** As the report itself would be computed, of this store alone. */
async function computedRows(db: Db, asked: Asked, storeId: StoreId): Promise<AnyRow[]> {
  const part = { part: 0, firstStoreId: storeId, nextStoreId: justAfter(storeId) }
  const [result] = await createGenerator(db).parts([part], asked)
  const form = rowFormOf(asked)
  const stores = await computedStores(db, result!, form)
  return stores.storeIds.length === 0 ? [] : form.rowsAt(stores, 0)
}

/** Before every other id that follows: none has a space. */
function justAfter(storeId: StoreId): StoreId {
  return `${storeId} ` as StoreId
}

async function timelineOf(db: Db, asked: Asked, storeId: StoreId): Promise<ReportExplanation['timeline']> {
  try {
    return await readTimeline(db, timelineQueryOf(asked, storeId))
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return null
    throw error
  }
}

function timelineQueryOf({ periods, ...asked }: Asked, storeId: StoreId): TimelineQuery {
  const { asOfMs: asOf, reachMs: reach, interpolation, corrections } = asked
  const query = { storeId, asOf, reach, interpolation, corrections }
  if (periods === undefined) return query
  const last = Math.max(periods.fromDate, Math.min(periods.toDate, Math.floor(asOf / DAY_MS) + 1))
  const first = Math.max(periods.fromDate, last + 1 - MOST_DAYS)
  return { ...query, since: { date: first }, until: { date: last } }
}
