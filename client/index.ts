import { createCaller, type ClientOptions } from './call.ts'
import { createClient, type StoreMonitorClient } from './client.ts'
import { httpCalls } from './http-calls.ts'

export type { AppRouter } from '../server/api/router.ts'
export type { AccessKey, CreatedKey } from '../shared/access-key.ts'
export type { AlertChannel, OutboxMessage } from '../shared/alert.ts'
export { AppError, type AppErrorCode } from '../shared/app-error.ts'
export type { Change, ChangeKind } from '../shared/change.ts'
export type { CheckFinding, CheckName, DataCheck } from '../shared/check.ts'
export type { ColumnMap } from '../shared/column-map.ts'
export type { Correction } from '../shared/correction.ts'
export type { CorrectionKind } from '../shared/correction-kind.ts'
export type { PollDeletion, StoreDeletion } from '../shared/deletion.ts'
export type { Digest, DigestContent, DigestPreview } from '../shared/digest.ts'
export type { ImportId, ReportId, StoreId } from '../shared/ids.ts'
export type { ImportKind } from '../shared/import-kind.ts'
export type { ImportProgress, ImportRecord, ImportState, RejectedRow } from '../shared/import.ts'
export type { History } from '../shared/history.ts'
export type { GroupRow, ReportGroups } from '../shared/group.ts'
export type { OutageGroup, OutageGroups, OutageRow } from '../shared/outage.ts'
export type { Page } from '../shared/page.ts'
export type { Interpolation } from '../shared/interpolation.ts'
export type { PeriodGroupRow, PeriodStores } from '../shared/period-group.ts'
export type { ColumnChoice, FileFormat } from '../shared/report-file.ts'
export type { ListedPoll } from '../shared/poll.ts'
export type { PollFormat } from '../shared/poll-file.ts'
export type { PushRejection, PushResult } from '../shared/push.ts'
export type { ReportState } from '../shared/report-state.ts'
export type {
  PeriodRow,
  Progress,
  Report,
  ReportOptionsInput,
  ReportRow,
  ReportTotals,
} from '../shared/report.ts'
export type { News } from '../shared/news.ts'
export type { ReportHours } from '../shared/report-hours.ts'
export type { ListedRow, ListedRowPage } from '../shared/report-rows.ts'
export type { ReportSummary } from '../shared/report-summary.ts'
export type { StoreState } from '../shared/store-state.ts'
export type { DownStore, DownStores, StoreChange, StoreChanges } from '../shared/store-now.ts'
export type { Strip } from '../shared/store-strip.ts'
export type { Suggestion } from '../shared/suggestion.ts'
export type { Role } from '../shared/role.ts'
export type { SalesGroup, SalesGroups, SalesRow } from '../shared/sales-at-risk.ts'
export type { Silence } from '../shared/silence.ts'
export type { SloGroup, SloGroups, SloRow } from '../shared/slo.ts'
export type { StoreRevenue } from '../shared/store-revenue.ts'
export type { SortColumn } from '../shared/row-columns.ts'
export type { Health, Store, WeeklySpan } from '../shared/store.ts'
export type { Timeline, TimelinePoll, TimelineRule, TimelineSegment } from '../shared/timeline.ts'
export type { ReportDifference, ReportExplanation, Verification } from '../shared/verification.ts'
export type { ClientOptions } from './call.ts'
export type { StoreMonitorClient } from './client.ts'
export type { ExportPollsOptions, PollsFile } from './export-polls.ts'
export type { PushLinesOptions } from './push-lines.ts'
export type { PushablePoll, PushOptions, SendOptions } from './push-polls.ts'
export type { WatchStoresOptions } from './watch-stores.ts'
export type { DownloadOptions, ImportOptions } from './transfer.ts'

/**
 * A client of a store-monitor server, for Node.js and browsers.
 *
 * @example
 * ```ts
 * import { createStoreMonitorClient } from 'store-monitor'
 *
 * const client = createStoreMonitorClient({ url: 'http://127.0.0.1:8000' })
 * for await (const { reportId, state, progress } of client.runReport({ reach: '12h' })) {
 *   console.log(state, `${progress.storesDone} of ${progress.storesTotal} stores`)
 *   if (state !== 'complete') continue
 *   const worst = await client.report.rows.query({ reportId, sortBy: 'uptimeLastWeekPercent', limit: 10 })
 *   console.table(worst.items)
 * }
 * ```
 */
export function createStoreMonitorClient(options: ClientOptions): StoreMonitorClient {
  return createClient(createCaller(options, httpCalls(options)))
}
