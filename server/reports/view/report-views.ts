import { AppError } from '../../../shared/app-error.ts'
import { reportId as reportIdSchema, type ReportId } from '../../../shared/ids.ts'
import type { ReportTotals, ReportTotalsQuery } from '../../../shared/report.ts'
import type { ReportHours } from '../../../shared/report-hours.ts'
import type { ListedRowPage, ReportRowsQuery } from '../../../shared/report-rows.ts'
import type { ReportSummary, ReportSummaryQuery } from '../../../shared/report-summary.ts'
import type { Db } from '../../database/connect.ts'
import { getReport, type StoredReport } from '../../database/reports.ts'
import type { ThreadPool } from '../thread-pool.ts'
import type { ResultOf, RunTask, TaskOf, ViewTasks, WorkerSetting } from '../worker-task.ts'
import type { ViewedReport } from './viewed-parts.ts'
import type { Viewed } from './viewer.ts'
import type { WeekHours } from './week-hours.ts'

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
}

/** Views in a thread of their own, which is started when it is first asked. */
export function createReportViews(
  reading: Db,
  setting: WorkerSetting,
  runTask: RunTask,
): ReportViews & AsyncDisposable {
  // Both are loaded when they are first asked for, as most commands do without.
  let weekHours: Promise<WeekHours> | undefined
  let thread: Promise<ThreadPool<ViewTasks>> | undefined

  async function startThread(): Promise<ThreadPool<ViewTasks>> {
    const { createViewThread } = await import('./view-thread.ts')
    return createViewThread(setting)
  }

  async function loadWeekHours(): Promise<WeekHours> {
    const { createWeekHours } = await import('./week-hours.ts')
    return createWeekHours(reading, runTask, setting.workers)
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
    if (report.state === 'complete') return report
    throw new AppError('conflict', `report ${reportId} has no rows: it is ${report.state}`)
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
    rows: async (query) => ask('pageOfRows', { viewed: await viewed(query), query }),

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

    async [Symbol.asyncDispose]() {
      await (await thread)?.destroy()
    },
  }
}
