import { sql, type ExpressionBuilder, type Selectable } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { StoreLabel } from '../../shared/group.ts'
import { writtenLabel } from '../../shared/label.ts'
import { formatDuration } from '../../shared/duration.ts'
import { reportId as reportIdSchema, type ReportId } from '../../shared/ids.ts'
import type { Page, PageQuery } from '../../shared/page.ts'
import type { Report, ReportOptions } from '../../shared/report.ts'
import type { ReportState } from '../../shared/report-state.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { isComputedWith, type ComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { dialectOf } from './dialect/dialect.ts'
import { labelsOf, textOfLabels } from './labels-text.ts'
import type { ReportTable } from './report-tables.ts'
import type { Database } from './schema.ts'
import { writeAlone } from './write-alone.ts'

/** A report as it is kept: instants in epoch milliseconds. */
export type StoredReport = Selectable<ReportTable>

/** What names a request, so that it is answered once however often it is sent. */
export interface RequestOnce {
  readonly key: string
  /** For how long a request with the same key is the same request. */
  readonly forMs: number
  /** Whether it is another one once there are later polls to look back from. */
  readonly untilNews: boolean
}

export interface ReportRequest {
  readonly reportId: ReportId
  /** As they were asked for. */
  readonly options: ReportOptions
  readonly asOf: number
  readonly requestedAtMs: number
  readonly once?: RequestOnce | undefined
}

/**
 * Keeps a request for a report, before any work is done on it, or finds the report of the same request made before;
 * `isNew` tells which. Of several at once, one is new.
 */
export async function insertReport(
  db: Db,
  request: ReportRequest,
): Promise<{ report: StoredReport; isNew: boolean }> {
  const { asOf, requestedAtMs, once } = request
  if (once === undefined) {
    // As any transaction does when it begins.
    dialectOf(db).checkInPlace(db)
    return { report: await insertRequested(db, request), isNew: true }
  }
  return writeAlone(db, `request ${once.key}`, async (tx) => {
    const same = await findRequested(tx, once.key, requestedAtMs - once.forMs)
    if (same && (!once.untilNews || same.as_of === asOf)) return { report: same, isNew: false }
    return { report: await insertRequested(tx, request), isNew: true }
  })
}

export async function insertRequested(
  db: Db,
  { reportId, options, asOf, requestedAtMs, once }: ReportRequest,
): Promise<StoredReport> {
  return db
    .insertInto('report')
    .values({
      report_id: reportId,
      request_key: once?.key ?? null,
      state: 'queued',
      as_of: asOf,
      requested_as_of: options.asOf ?? null,
      interpolation: options.interpolation,
      reach_ms: options.reach,
      corrections: options.corrections,
      period: options.by ?? null,
      since: options.from ?? null,
      until: options.to ?? null,
      labels: textOfLabels(options.labels),
      stores_total: 0,
      stores_done: 0,
      failure: null,
      requested_at: requestedAtMs,
      started_at: null,
      finished_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The last report of a request that was made since, unless it came to nothing. */
async function findRequested(db: Db, key: string, sinceMs: number): Promise<StoredReport | undefined> {
  return db
    .selectFrom('report')
    .selectAll()
    .where('request_key', '=', key)
    .where('requested_at', '>', sinceMs)
    .where('state', 'in', ['queued', 'running', 'complete'])
    .orderBy('report_key', 'desc')
    .executeTakeFirst()
}

export async function deleteReport(db: Db, reportKey: number): Promise<void> {
  await db.deleteFrom('report').where('report_key', '=', reportKey).execute()
}

async function findReport(db: Db, reportId: ReportId): Promise<StoredReport | undefined> {
  if (!isUuid(reportId)) return undefined
  return db.selectFrom('report').selectAll().where('report_id', '=', reportId).executeTakeFirst()
}

export async function getReport(db: Db, reportId: ReportId): Promise<StoredReport> {
  const report = await findReport(db, reportId)
  if (report) return report
  throw noSuchReport(reportId)
}

export function noSuchReport(reportId: string): AppError {
  if (isUuid(reportId)) return reportNotFound(`there is no report ${reportId}`)
  return reportNotFound(
    `there is no report "${reportId}": a report id is a UUID, as /trigger_report returned it`,
  )
}

function isUuid(reportId: string): boolean {
  return reportIdSchema.safeParse(reportId).success
}

export function reportNotFound(message: string): AppError {
  return new AppError('not-found', message, { title: 'Report not found' })
}

/** Reports that a killed process left unfinished, oldest first. */
export async function listUnfinishedReports(db: Db): Promise<StoredReport[]> {
  return db
    .selectFrom('report')
    .selectAll()
    .where('state', 'in', ['queued', 'running'])
    .orderBy('report_key')
    .execute()
}

/** Newest first; the cursor is the key of the last report of the page before. */
export async function listReports(
  db: Db,
  { limit, cursor }: PageQuery,
  /** Only those that were requested of these groups, or fewer stores. */
  groups: readonly StoreLabel[] = [],
): Promise<Page<Report>> {
  const before = numberOfCursor(cursor, 'a list of reports')
  const rows = await db
    .selectFrom('report')
    .selectAll()
    .$if(before !== undefined, (query) => query.where('report_key', '<', before!))
    .$if(groups.length > 0, (query) => query.where(isOfGroups(groups)))
    .orderBy('report_key', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(reportOf),
    nextCursor: rows.length > limit && last ? String(last.report_key) : null,
  }
}

/** Each of the groups stands in the text of its labels as it stands alone, and nowhere else: in JSON, texts have no bare quotes. */
function isOfGroups(groups: readonly StoreLabel[]) {
  return sql.join<boolean>(
    groups.map((group) => {
      const text = textOfLabels([group])!.slice(1, -1)
      return sql`replace(labels, ${text}, '') <> labels`
    }),
    sql` and `,
  )
}

export interface ReportEnd {
  readonly state: Exclude<ReportState, 'queued' | 'running'>
  readonly failure?: string
  readonly finishedAtMs: number
  /** Where it ends of itself: with what. Others may have begun it anew meanwhile. */
  readonly computedWith?: ComputedWith
}

/**
 * Puts an unfinished report into a final state, and returns what it had; nothing where it had ended already. Only a complete
 * one keeps its parts.
 */
export async function finishReport(
  db: Db,
  reportKey: number,
  { computedWith, ...end }: ReportEnd,
): Promise<Pick<StoredReport, 'stores_total' | 'requested_at'> | undefined> {
  const ended = await db
    .updateTable('report')
    .set({ state: end.state, failure: end.failure ?? null, finished_at: end.finishedAtMs })
    .where('report_key', '=', reportKey)
    .where('state', 'in', ['queued', 'running'])
    .$if(end.state === 'complete', (query) =>
      // Others may have planned it anew, so that there are parts that this process knows nothing of.
      query.where((eb) => eb.not(eb.exists(partsToDo(eb, reportKey)))),
    )
    .$if(computedWith !== undefined, (query) =>
      query.where((eb) => eb.or([eb('state', '=', 'queued'), isComputedWith(computedWith!)(eb)])),
    )
    .returning(['stores_total', 'requested_at'])
    .executeTakeFirst()
  if (end.state !== 'complete') await deletePartsOfNone(db, reportKey)
  return ended
}

function partsToDo(eb: ExpressionBuilder<Database, 'report'>, reportKey: number) {
  return eb
    .selectFrom('report_part')
    .select('part')
    .where('report_part.report_key', '=', reportKey)
    .where('csv_bytes', 'is', null)
}

/** Deletes the parts of a report that has come to nothing, where it has; but for those that others are at, who then do so. */
export async function deletePartsOfNone(db: Db, reportKey: number): Promise<void> {
  const parts = db
    .selectFrom('report_part')
    .innerJoin('report', 'report.report_key', 'report_part.report_key')
    .select('part')
    .where('report_part.report_key', '=', reportKey)
    .where('state', 'in', ['failed', 'cancelled'])
    .$if(dialectOf(db).locksRows, (query) => query.forUpdate('report_part').skipLocked())
  await db.deleteFrom('report_part').where('report_key', '=', reportKey).where('part', 'in', parts).execute()
}

/** The report as callers see it. */
export function reportOf(stored: StoredReport): Report {
  const instant = (epochMs: number | null) => (epochMs === null ? null : formatTimestamp(epochMs))
  return {
    reportId: stored.report_id,
    state: stored.state,
    asOf: formatTimestamp(stored.as_of),
    interpolation: stored.interpolation,
    reach: formatDuration(stored.reach_ms),
    corrections: stored.corrections,
    by: stored.period,
    from: stored.since,
    to: stored.until,
    labels: labelsOf(stored).map(writtenLabel),
    progress: { storesDone: stored.stores_done, storesTotal: stored.stores_total },
    failure: stored.failure,
    programVersion: stored.program_version,
    zoneDataVersion: stored.zone_data_version,
    requestedAt: formatTimestamp(stored.requested_at),
    startedAt: instant(stored.started_at),
    finishedAt: instant(stored.finished_at),
  }
}
