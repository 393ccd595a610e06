import { initTRPC, tracked, type TRPCError } from '@trpc/server'
import { AppError } from '../../shared/app-error.ts'
import { changeListInput } from '../../shared/change.ts'
import { checkInput } from '../../shared/check.ts'
import { correctionListInput, newCorrection, revokeCorrectionInput } from '../../shared/correction.ts'
import { groupsInput } from '../../shared/group.ts'
import { pageInput } from '../../shared/page.ts'
import { periodGroupsInput, periodStoresInput } from '../../shared/period-group.ts'
import {
  importIdInput,
  importListInput,
  importStoresInput,
  rejectedRowsInput,
  rejectedStoresInput,
} from '../../shared/import.ts'
import type { ReportId } from '../../shared/ids.ts'
import {
  ensureOptions,
  periodRowsInput,
  progressInput,
  reportIdInput,
  reportOptions,
  reportTotalsInput,
  storeUptimeInput,
  type DeletedReport,
} from '../../shared/report.ts'
import { reportRowsInput } from '../../shared/report-rows.ts'
import { reportSummaryInput } from '../../shared/report-summary.ts'
import { deletePollsInput, deleteStoreInput } from '../../shared/deletion.ts'
import { historyInput } from '../../shared/history.ts'
import { outageGroupsInput, outageListInput } from '../../shared/outage.ts'
import { timelineInput } from '../../shared/timeline.ts'
import {
  setBusinessHoursInput,
  setDetailsInput,
  setSpecialHoursInput,
  setTimezoneInput,
} from '../../shared/store-change.ts'
import { storeIdInput, storeListInput } from '../../shared/store.ts'
import { explainReportInput, verifyInput } from '../../shared/verification.ts'
import { listChanges } from '../database/changes.ts'
import { stripsInput } from '../../shared/store-strip.ts'
import { suggestInput } from '../../shared/suggestion.ts'
import { createCorrection, listCorrections, revokeCorrection } from '../database/correction-records.ts'
import { listImportStores } from '../database/import-stores.ts'
import { getImport, listImports } from '../database/imports.ts'
import { listRejectedRows } from '../database/rejected-rows.ts'
import { getRejectedSummary, listRejectedStores } from '../database/rejected-summary.ts'
import { getReport, listReports, reportOf } from '../database/reports.ts'
import { setBusinessHours, setDetails, setSpecialHours, setTimezone } from '../database/store-changes.ts'
import { getStore, listStores } from '../database/stores.ts'
import type { ReportRunner } from '../reports/runner.ts'
import type { ApiParts } from './api-parts.ts'
import { answerPollDeletion, answerStoreDeletion } from './deletions.ts'
import { appErrorOf, appErrorOfTrpc, trpcErrorOf } from './errors.ts'
import { readHealth } from './health.ts'
import { eventIdOf } from './report-event-id.ts'
import { tellMore } from './tell-more.ts'

const {
  router,
  procedure: anyProcedure,
  middleware,
} = initTRPC.context<ApiParts>().create({
  isDev: false, // no stack traces on the wire
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
  errorFormatter: ({ shape, error }) => {
    const { code, message } = appErrorOfTrpc(error)
    return { ...shape, message, data: { ...shape.data, appErrorCode: code } }
  },
})

/** Gives our errors their tRPC codes. */
const withErrorCodes = middleware(async ({ ctx, next }) => {
  const result = await next()
  if (result.ok) return result
  const { cause, code } = result.error
  if (cause instanceof AppError || (cause && code === 'INTERNAL_SERVER_ERROR'))
    throw trpcErrorOf(await tellMore(appErrorOf(cause), ctx.db))
  return result
})
const procedure = anyProcedure.use(withErrorCodes)

export const appRouter = router({
  report: router({
    trigger: procedure
      .input(reportOptions.prefault({}))
      .mutation(({ ctx, input }) => ctx.reports.trigger(input)),
    /** One that is there, where the data have not changed since; else a new one. */
    ensure: procedure
      .input(ensureOptions.prefault({}))
      .mutation(({ ctx, input }) => ctx.reports.ensure(input)),
    get: procedure
      .input(reportIdInput)
      .query(async ({ ctx, input }) => reportOf(await getReport(ctx.db, input.reportId))),
    list: procedure.input(pageInput.prefault({})).query(({ ctx, input }) => listReports(ctx.db, input)),
    cancel: procedure.input(reportIdInput).mutation(({ ctx, input }) => ctx.reports.cancel(input.reportId)),
    /** Removes a report that has ended; one that has not is cancelled, and is there to be looked at. */
    delete: procedure.input(reportIdInput).mutation(async ({ ctx, input }): Promise<DeletedReport> => {
      const cancelled = await ctx.reports.cancelOrRemove(input.reportId)
      return { reportId: input.reportId, isDeleted: cancelled === undefined }
    }),
    rows: procedure.input(reportRowsInput).query(({ ctx, input }) => ctx.reports.rows(input)),
    /** The rows in a few figures: counts, sums, distribution, zones. */
    summary: procedure.input(reportSummaryInput).query(({ ctx, input }) => ctx.reports.summary(input)),
    /** Its week by the hour of the local week. */
    hours: procedure.input(reportIdInput).query(({ ctx, input }) => ctx.reports.hours(input.reportId)),
    /** The sums of the rows. */
    totals: procedure.input(reportTotalsInput).query(({ ctx, input }) => ctx.reports.totals(input)),
    /** The report rolled up by a label: a row for each of its values. */
    groups: procedure.input(groupsInput).query(({ ctx, input }) => ctx.reports.groups(input)),
    /** The report by period rolled up by a label, or all stores as one: a row for each group and period. */
    periodGroups: procedure
      .input(periodGroupsInput)
      .query(({ ctx, input }) => ctx.reports.periodGroups(input)),
    /** The first stores of a report by period in some order, with their totals and each period's share of uptime. */
    periodStores: procedure
      .input(periodStoresInput)
      .query(({ ctx, input }) => ctx.reports.periodStores(input)),
    periodRows: procedure.input(periodRowsInput).query(({ ctx, input }) => ctx.reports.periodRows(input)),
    /** Computes stores of the report again, and compares them with what is stored. */
    verify: procedure.input(verifyInput).query(({ ctx, input, signal }) => ctx.reports.verify(input, signal)),
    /** A store's row taken apart, and whether it comes out otherwise now. */
    explain: procedure.input(explainReportInput).query(async ({ ctx, input }) => {
      const { explainReport } = await import('../insight/report-explanation.ts')
      const report = await getReport(ctx.db, input.reportId)
      return explainReport(ctx.db, report, input.storeId, ctx.reports.computedWith)
    }),
    /** The report at each change, until it has ended; goes on where a lost connection left off. */
    progress: procedure.input(progressInput).subscription(async ({ ctx, input, signal }) => {
      await getReport(ctx.db, input.reportId)
      return reportEvents(ctx.reports, input.reportId, input.lastEventId ?? undefined, signal)
    }),
  }),
  import: router({
    list: procedure.input(importListInput.prefault({})).query(({ ctx, input }) => listImports(ctx.db, input)),
    get: procedure.input(importIdInput).query(({ ctx, input }) => getImport(ctx.db, input.importId)),
    /** Wherever it runs; what it is at does not go in. */
    cancel: procedure.input(importIdInput).mutation(({ ctx, input }) => ctx.cancelImport(input.importId)),
    /** The stores of which it changed something. */
    stores: procedure.input(importStoresInput).query(({ ctx, input }) => listImportStores(ctx.db, input)),
    rejectedRows: procedure
      .input(rejectedRowsInput.prefault({}))
      .query(({ ctx, input }) => listRejectedRows(ctx.db, input)),
    /** All rejected rows of an import, counted by reason. */
    rejectedSummary: procedure
      .input(importIdInput)
      .query(({ ctx, input }) => getRejectedSummary(ctx.db, input.importId)),
    /** The stores that they name, with how many name each. */
    rejectedStores: procedure
      .input(rejectedStoresInput)
      .query(({ ctx, input }) => listRejectedStores(ctx.db, input)),
  }),
  store: router({
    get: procedure.input(storeIdInput).query(({ ctx, input }) => getStore(ctx.db, input.storeId)),
    /** The row that a report would have for one store, at once. */
    uptime: procedure
      .input(storeUptimeInput)
      .query(({ ctx, input: { storeId, ...options } }) => ctx.reports.storeRow(storeId, options)),
    list: procedure.input(storeListInput.prefault({})).query(({ ctx, input }) => listStores(ctx.db, input)),
    /** In place of all that it had, or from an instant on. So `setTimezone`. */
    setBusinessHours: procedure
      .input(setBusinessHoursInput)
      .mutation(({ ctx, input }) => ctx.change((tx) => setBusinessHours(tx, input, ctx.now()))),
    setTimezone: procedure
      .input(setTimezoneInput)
      .mutation(({ ctx, input }) => ctx.change((tx) => setTimezone(tx, input, ctx.now()))),
    /** Of the dates that are named. */
    setSpecialHours: procedure
      .input(setSpecialHoursInput)
      .mutation(({ ctx, input }) => ctx.change((tx) => setSpecialHours(tx, input, ctx.now()))),
    setDetails: procedure
      .input(setDetailsInput)
      .mutation(({ ctx, input }) => ctx.change((tx) => setDetails(tx, input, ctx.now()))),
    /** With all that is of it; without `confirm`, what that would be. */
    delete: procedure.input(deleteStoreInput).mutation(({ ctx, input }) => answerStoreDeletion(ctx, input)),
    /** Its time in a window, taken apart down to the polls. */
    timeline: procedure.input(timelineInput).query(async ({ ctx, input }) => {
      const { readTimeline } = await import('../insight/timeline.ts')
      return readTimeline(ctx.db, input)
    }),
    /** The last days of a few stores. */
    strips: procedure.input(stripsInput).query(async ({ ctx, input }) => {
      const { readStrips } = await import('../insight/strips.ts')
      return readStrips(ctx.db, input)
    }),
    /** Those whose ids are near to what was written for one. */
    suggest: procedure.input(suggestInput).query(async ({ ctx, input }) => {
      const { suggestStores } = await import('../insight/suggestions.ts')
      return suggestStores(ctx.db, input)
    }),
    /** Its totals by day, week, month or hour of the week, at once. */
    history: procedure.input(historyInput).query(async ({ ctx, input }) => {
      const { readHistory } = await import('../insight/history.ts')
      return readHistory(ctx.db, input)
    }),
  }),
  poll: router({
    /** Without `confirm`, what would be deleted. */
    delete: procedure.input(deletePollsInput).mutation(({ ctx, input }) => answerPollDeletion(ctx, input)),
  }),
  outage: router({
    /** Outages of a store or of all, whole. */
    list: procedure.input(outageListInput).query(async ({ ctx, input }) => {
      const { listOutages } = await import('../insight/outages.ts')
      return listOutages(ctx.db, input)
    }),
    /** The same rolled up by a label: a row for each of its values. */
    groups: procedure.input(outageGroupsInput).query(async ({ ctx, input }) => {
      const { groupOutages } = await import('../insight/outage-groups.ts')
      return groupOutages(ctx.db, input)
    }),
  }),
  correction: router({
    list: procedure
      .input(correctionListInput.prefault({}))
      .query(({ ctx, input }) => listCorrections(ctx.db, input)),
    /** The same one twice is one. */
    create: procedure
      .input(newCorrection)
      .mutation(({ ctx, input: { from, to, ...correction } }) =>
        ctx.change((tx) => createCorrection(tx, { ...correction, fromMs: from, toMs: to }, ctx.now())),
      ),
    /** It counts no more; its record stays. */
    revoke: procedure
      .input(revokeCorrectionInput)
      .mutation(({ ctx, input: { correctionId, by, reason } }) =>
        ctx.change((tx) => revokeCorrection(tx, correctionId, { by, reason, at: ctx.now() })),
      ),
  }),
  data: router({
    /** The latest poll, import, change and report, now and at each change. */
    news: procedure.subscription(({ ctx, signal }) => ctx.news.watch(signal)),
    /** Which figures to doubt, and what to do about it. */
    check: procedure.input(checkInput.prefault({})).query(async ({ ctx, input }) => {
      const { checkData } = await import('../insight/check.ts')
      return checkData(ctx.db, input)
    }),
    /** Everything that changed the data, newest first. */
    changes: procedure
      .input(changeListInput.prefault({}))
      .query(({ ctx, input }) => listChanges(ctx.db, input)),
  }),
  health: procedure.query(({ ctx }) => readHealth(ctx)),
})

/** The type that the client is made from. */
export type AppRouter = typeof appRouter

/** What answers the router's calls, however they come in. */
export interface RouterCalls {
  readonly router: AppRouter
  createContext(): Promise<ApiParts>
  onError(failed: { readonly error: TRPCError }): void
}

export function callsOf(parts: ApiParts): RouterCalls {
  return {
    router: appRouter,
    createContext: async () => parts,
    onError({ error }) {
      if (error.code === 'INTERNAL_SERVER_ERROR') parts.onError(error.cause ?? error)
    },
  }
}

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
