import { AppError } from '../../../shared/app-error.ts'
import { reportId as reportIdSchema, type ReportId } from '../../../shared/ids.ts'
import type { ReportTotals, ReportTotalsQuery } from '../../../shared/report.ts'
import type { ReportHours } from '../../../shared/report-hours.ts'
import type { ListedRowPage, ReportRowsQuery } from '../../../shared/report-rows.ts'
import type { ReportSummary, ReportSummaryQuery } from '../../../shared/report-summary.ts'
import type { Db } from '../../database/connect.ts'
import { getReport, type StoredReport } from '../../database/reports.ts'
import { requireComplete } from '../require-complete.ts'
import type { ThreadPool } from '../thread-pool.ts'
import type { ResultOf, RunTask, TaskOf, ViewTasks, WorkerSetting } from '../worker-task.ts'
import type { ViewedReport } from './viewed-parts.ts'
import type { Viewed, Viewer } from './viewer.ts'
import type { WeekHours } from './week-hours.ts'

/** So few that the thread which answers does not miss the time. */
const MOST_ROWS_NEAR = 200

/** What complete reports by window are looked at with. All throw a `conflict` AppError for another report. */
export interface ReportViews {
  /** A page of the rows that match, in any order. */
  rows(query: ReportRowsQuery): Promise<ListedRowPage>
  /** A report in a few figures. */
  summary(query: ReportSummaryQuery): Promise<ReportSummary>
  /** The last week by the hour of the local week, from the data as they are when it is first asked for. */
  hours(reportId: ReportId): Promise<ReportHours>
  /** The sums of rows. */
  totals(query: ReportTotalsQuery): Promise<ReportTotals>
  /** How many threads they have. */
  viewThreads(): number
}

/** Views in a thread of their own, which is started when it is first asked. */
export function createReportViews(
  reading: Db,
  setting: WorkerSetting,
  runTask: RunTask,
): ReportViews & AsyncDisposable {
  // All are loaded when they are first asked for, as most commands do without.
  let weekHours: Promise<WeekHours> | undefined
  let nearViewer: Promise<Viewer> | undefined
  let thread: Promise<ThreadPool<ViewTasks>> | undefined
  let started: ThreadPool<ViewTasks> | undefined

  async function startThread(): Promise<ThreadPool<ViewTasks>> {
    const { createViewThread } = await import('./view-thread.ts')
    return (started = createViewThread(setting))
  }

  async function loadWeekHours(): Promise<WeekHours> {
    const { createWeekHours } = await import('./week-hours.ts')
    return createWeekHours(reading, runTask, setting.workers)
  }

  async function loadViewer(): Promise<Viewer> {
    const { createViewer } = await import('./viewer.ts')
    return createViewer(reading)
  }

  async function ask<Name extends keyof ViewTasks>(
    name: Name,
    task: TaskOf<ViewTasks, Name>,
  ): Promise<ResultOf<ViewTasks, Name>> {
    thread ??= startThread()
    return (await thread).run(name, task)
  }

  async function completeReport(reportId: ReportId): Promise<StoredReport> {
    const report = await getReport(reading, reportId)
    if (report.period !== null) {
      throw new AppError('conflict', `report ${reportId} is by ${report.period}: ask for its rows by period`)
    }
    requireComplete(report)
    return report
  }

  async function viewedReport(reportId: ReportId): Promise<ViewedReport> {
    const { report_key: reportKey, as_of: asOfMs } = await completeReport(reportId)
    return { reportKey, reportId, asOfMs }
  }

  async function viewed({ reportId, compareWith }: ReportSummaryQuery): Promise<Viewed> {
    const report = await viewedReport(reportId)
    const compared = compareWith === undefined ? undefined : await viewedReport(compareWith)
    return { report, compareKey: compared?.reportKey }
  }

  return {
    async rows(query) {
      const asked = await viewed(query)
      // What lies together as it is stored is read sooner than a thread has its turn.
      if (!isInStoredOrder(query)) return ask('pageOfRows', { viewed: asked, query })
      nearViewer ??= loadViewer()
      return (await nearViewer).rows(asked, query)
    },

    async summary(query) {
      const figures = await ask('summaryOfRows', { viewed: await viewed(query), query })
      return { reportId: reportIdSchema.parse(query.reportId), ...figures }
    },

    async hours(reportId) {
      const report = await completeReport(reportId)
      weekHours ??= loadWeekHours()
      return (await weekHours)(report)
    },

    async totals({ reportId, storeId }) {
      const sums = await ask('sumOfRows', { report: await viewedReport(reportId), storeId })
      return { reportId: reportIdSchema.parse(reportId), ...sums }
    },

    viewThreads: () => started?.size() ?? 0,

    async [Symbol.asyncDispose]() {
      await (await thread)?.destroy()
    },
  }
}

/** What a query has that filters no rows. */
const withoutEffect = new Set(['reportId', 'cursor', 'direction', 'limit', 'sortBy', 'order', 'window'])

/** Whether all rows are asked for, in the order in which they are stored, a few of them. */
function isInStoredOrder(query: ReportRowsQuery): boolean {
  const { sortBy, order, limit } = query
  if (sortBy !== 'storeId' || order !== 'ascending' || limit > MOST_ROWS_NEAR) return false
  return Object.entries(query).every(([name, value]) => value === undefined || withoutEffect.has(name))
}
