import { tracked } from '@trpc/server'
import { groupsInput } from '../../../shared/group.ts'
import type { ReportId } from '../../../shared/ids.ts'
import { pageInput } from '../../../shared/page.ts'
import { periodGroupsInput, periodStoresInput } from '../../../shared/period-group.ts'
import { reportRowsInput } from '../../../shared/report-rows.ts'
import { reportSummaryInput } from '../../../shared/report-summary.ts'
import {
  ensureOptions,
  periodRowsInput,
  progressInput,
  reportIdInput,
  reportOptions,
  reportTotalsInput,
  type DeletedReport,
} from '../../../shared/report.ts'
import { explainReportInput, verifyInput } from '../../../shared/verification.ts'
import { withOwnLabels, withoutHint } from '../../access/kept-answers.ts'
import { getReport, listReports, reportOf } from '../../database/reports.ts'
import type { ReportRunner } from '../../reports/runner.ts'
import { eventIdOf } from '../report-event-id.ts'
import { procedureFor, router } from '../procedure.ts'

export const reportRouter = router({
  trigger: procedureFor('reports:request', 'labels')
    .input(reportOptions.prefault({}))
    .mutation(({ ctx, input }) => ctx.reports.trigger(input, { caller: ctx.caller })),
  /** One that is there, where the data have not changed since; else a new one. */
  ensure: procedureFor('reports:request', 'labels')
    .input(ensureOptions.prefault({}))
    .mutation(({ ctx, input }) => ctx.reports.ensure(input, { caller: ctx.caller })),
  get: procedureFor('reports:read', 'reportId')
    .input(reportIdInput)
    .query(async ({ ctx, input }) => reportOf(await getReport(ctx.db, input.reportId))),
  list: procedureFor('reports:read', 'itself')
    .input(pageInput.prefault({}))
    .query(({ ctx, input }) => listReports(ctx.db, input, ctx.principal.groups)),
  cancel: procedureFor('reports:request', 'reportId')
    .input(reportIdInput)
    .mutation(({ ctx, input }) => ctx.reports.cancel(input.reportId)),
  /** Removes a report that has ended; one that has not is cancelled, and is there to be looked at. */
  delete: procedureFor('reports:delete', 'reportId')
    .input(reportIdInput)
    .mutation(async ({ ctx, input }): Promise<DeletedReport> => {
      const cancelled = await ctx.reports.cancelOrRemove(input.reportId)
      return { reportId: input.reportId, isDeleted: cancelled === undefined }
    }),
  rows: procedureFor('reports:read', 'reportId')
    .input(reportRowsInput)
    .query(async ({ ctx, input }) => {
      const { withSales } = await import('../../insight/row-sales.ts')
      return withSales(ctx.db, input, ctx.principal.groups, await ctx.reports.rows(input))
    }),
  /** The rows in a few figures: counts, sums, distribution, zones. */
  summary: procedureFor('reports:read', 'reportId')
    .input(reportSummaryInput)
    .query(async ({ ctx, input }) => withOwnLabels(ctx.db, ctx.principal, await ctx.reports.summary(input))),
  /** Its week by the hour of the local week. */
  hours: procedureFor('reports:read', 'reportId')
    .input(reportIdInput)
    .query(({ ctx, input }) => ctx.reports.hours(input.reportId)),
  /** The sums of the rows. */
  totals: procedureFor('reports:read', 'reportId')
    .input(reportTotalsInput)
    .query(({ ctx, input }) => ctx.reports.totals(input)),
  /** The report rolled up by a label: a row for each of its values. */
  groups: procedureFor('reports:read', 'reportId')
    .input(groupsInput)
    .query(async ({ ctx, input }) => withoutHint(ctx.principal, await ctx.reports.groups(input))),
  /** The report by period rolled up by a label, or all stores as one: a row for each group and period. */
  periodGroups: procedureFor('reports:read', 'reportId')
    .input(periodGroupsInput)
    .query(async ({ ctx, input }) => withoutHint(ctx.principal, await ctx.reports.periodGroups(input))),
  /** The first stores of a report by period in some order, with their totals and each period's share of uptime. */
  periodStores: procedureFor('reports:read', 'reportId')
    .input(periodStoresInput)
    .query(({ ctx, input }) => ctx.reports.periodStores(input)),
  periodRows: procedureFor('reports:read', 'reportId')
    .input(periodRowsInput)
    .query(({ ctx, input }) => ctx.reports.periodRows(input)),
  /** Computes stores of the report again, and compares them with what is stored. */
  verify: procedureFor('reports:read')
    .input(verifyInput)
    .query(({ ctx, input, signal }) => ctx.reports.verify(input, signal)),
  /** A store's row taken apart, and whether it comes out otherwise now. */
  explain: procedureFor('reports:read')
    .input(explainReportInput)
    .query(async ({ ctx, input }) => {
      const { explainReport } = await import('../../insight/report-explanation.ts')
      const report = await getReport(ctx.db, input.reportId)
      return explainReport(ctx.db, report, input.storeId, ctx.reports.computedWith)
    }),
  /** The report at each change, until it has ended; goes on where a lost connection left off. */
  progress: procedureFor('reports:read', 'reportId')
    .input(progressInput)
    .subscription(async ({ ctx, input, signal }) => {
      await getReport(ctx.db, input.reportId)
      return reportEvents(ctx.reports, input.reportId, input.lastEventId ?? undefined, signal)
    }),
})

async function* reportEvents(
  reports: ReportRunner,
  reportId: ReportId,
  lastEventId: string | undefined,
  signal: AbortSignal | undefined,
) {
  for await (const report of reports.watch(reportId, signal)) {
    const eventId = eventIdOf(report)
    if (eventId !== lastEventId) yield tracked(eventId, report)
  }
}
