import { AppError } from '../../shared/app-error.ts'
import type { GroupsQuery, ReportGroups } from '../../shared/group.ts'
import type {
  PeriodGroupPage,
  PeriodGroupsQuery,
  PeriodStores,
  PeriodStoresQuery,
} from '../../shared/period-group.ts'
import type { Db } from '../database/connect.ts'
import { hintOfLabel } from '../database/labelled.ts'
import { getReport, type StoredReport } from '../database/reports.ts'
import { periodsOf } from './asked.ts'
import type { PeriodReport } from './period-groups.ts'
import { requireComplete } from './require-complete.ts'
import type { RunTask } from './worker-task.ts'

/** Complete reports in fewer rows than they have, read by the pool. */
export interface RollUps {
  /** The groups that a label's values make of a report by window. */
  groups(query: GroupsQuery): Promise<ReportGroups>
  /** A page of a report by period, rolled up by a label, or all stores as one. */
  periodGroups(query: PeriodGroupsQuery): Promise<PeriodGroupPage>
  /** The first stores of a report by period, in some order. */
  periodStores(query: PeriodStoresQuery): Promise<PeriodStores>
}

export function createRollUps(db: Db, runTask: RunTask): RollUps {
  return {
    async groups({ reportId, by }) {
      const report = await getReport(db, reportId)
      requireComplete(report)
      if (report.period !== null) {
        throw new AppError('conflict', `report ${reportId} is by ${report.period}: ask for its period groups`)
      }
      const groups = await runTask('groupsOf', { reportKey: report.report_key, label: by })
      return { reportId: report.report_id, by, groups, hint: await hintOfLabel(db, by, groups) }
    },

    async periodGroups({ reportId, ...query }) {
      const report = periodReportOf(await getReport(db, reportId))
      const page = await runTask('pageOfPeriodGroups', { report, query })
      return { ...page, hint: await hintOfLabel(db, query.by, page.items) }
    },

    async periodStores({ reportId, ...query }) {
      const report = await getReport(db, reportId)
      const task = { report: periodReportOf(report), query }
      return { reportId: report.report_id, ...(await runTask('firstPeriodStores', task)) }
    },
  }
}

/** Throws a `conflict` AppError where the report is not by period, or not complete. */
function periodReportOf(report: StoredReport): PeriodReport {
  const periods = periodsOf(report)
  if (periods === undefined) {
    throw new AppError('conflict', `report ${report.report_id} is not by period: ask for its rows or groups`)
  }
  requireComplete(report)
  return { reportKey: report.report_key, periods }
}
