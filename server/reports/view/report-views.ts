import { AppError } from '../../../shared/app-error.ts'
import { reportId as reportIdSchema, type ReportId } from '../../../shared/ids.ts'
import type { ReportTotals, ReportTotalsQuery } from '../../../shared/report.ts'
import type { ListedRowPage, ReportRowsQuery } from '../../../shared/report-rows.ts'
import type { Db } from '../../database/connect.ts'
import { getReport } from '../../database/reports.ts'
import type { ThreadPool } from '../thread-pool.ts'
import type { TaskOf, ResultOf, ViewTasks, WorkerSetting } from '../worker-task.ts'
import type { ViewedReport } from './report-columns.ts'
import type { Viewed } from './viewer.ts'

/** What complete reports by window are looked at with. All throw a `conflict` AppError for another report. */
export interface ReportViews {
  /** A page of the rows that match, in any order. */
  rows(query: ReportRowsQuery): Promise<ListedRowPage>
  /** The sums of rows. */
  totals(query: ReportTotalsQuery): Promise<ReportTotals>
}

/** Views in a thread of their own, which is started when it is first asked. */
export function createReportViews(reading: Db, setting: WorkerSetting): ReportViews & AsyncDisposable {
  let thread: Promise<ThreadPool<ViewTasks>> | undefined

  async function startThread(): Promise<ThreadPool<ViewTasks>> {
    const { createViewThread } = await import('./view-thread.ts')
    return createViewThread(setting)
  }

  async function ask<Name extends keyof ViewTasks>(
    name: Name,
    task: TaskOf<ViewTasks, Name>,
  ): Promise<ResultOf<ViewTasks, Name>> {
    thread ??= startThread()
    return (await thread).run(name, task)
  }

  async function viewedReport(reportId: ReportId): Promise<ViewedReport> {
    const { report_key: reportKey, as_of: asOfMs, state, period } = await getReport(reading, reportId)
    if (period !== null) {
      throw new AppError('conflict', `report ${reportId} is by ${period}: ask for its rows by period`)
    }
    if (state === 'complete') return { reportKey, reportId, asOfMs }
    throw new AppError('conflict', `report ${reportId} has no rows: it is ${state}`)
  }

  async function viewed({ reportId, compareWith }: ReportRowsQuery): Promise<Viewed> {
    const report = await viewedReport(reportId)
    const compared = compareWith === undefined ? undefined : await viewedReport(compareWith)
    return { report, compareKey: compared?.reportKey }
  }

  return {
    rows: async (query) => ask('pageOfRows', { viewed: await viewed(query), query }),

    async totals({ reportId, storeId }) {
      const sums = await ask('sumOfRows', { report: await viewedReport(reportId), storeId })
      return { reportId: reportIdSchema.parse(reportId), ...sums }
    },

    async [Symbol.asyncDispose]() {
      await (await thread)?.destroy()
    },
  }
}
