import type { TRPCClient } from '@trpc/client'
import type { AppRouter } from '../server/api/router.ts'
import { AppError } from '../shared/app-error.ts'
import type { ImportRecord } from '../shared/import.ts'
import type { Report, ReportOptionsInput } from '../shared/report.ts'
import { createCaller, type ClientOptions } from './call.ts'
import { downloadReport, importFile, type DownloadOptions, type ImportOptions } from './transfer.ts'
import { watchReport } from './watch-report.ts'

export { AppError, type AppErrorCode } from '../shared/app-error.ts'
export type { ImportId, ReportId, StoreId } from '../shared/ids.ts'
export type { ImportKind, ImportProgress, ImportRecord, ImportState, RejectedRow } from '../shared/import.ts'
export type { Page } from '../shared/page.ts'
export type {
  Interpolation,
  Progress,
  Report,
  ReportOptionsInput,
  ReportRow,
  ReportState,
} from '../shared/report.ts'
export type { SortColumn } from '../shared/report.ts'
export type { Health, Store, WeeklySpan } from '../shared/store.ts'
export type { AppRouter, ClientOptions, DownloadOptions, ImportOptions }

type Procedures = Pick<TRPCClient<AppRouter>, 'report' | 'import' | 'store' | 'health'>

interface WatchOptions {
  /** Aborting it ends the watching, with the signal's reason as the error; the report itself goes on. */
  readonly signal?: AbortSignal
}

/**
 * Every procedure of the server, as `client.report.list.query(…)` or `client.report.trigger.mutate(…)`, and what takes
 * several calls. All of them throw an `AppError` whose `code` says what kind of thing went wrong; only the callbacks of
 * `client.report.progress.subscribe(…)` are given tRPC's own errors: `watchReport` is the easier way.
 */
export interface StoreMonitorClient extends Procedures {
  /**
   * Requests a report and yields it at once, at each progress, and when it is complete, which ends the iteration. Goes on
   * after a lost connection. Throws a `conflict` AppError where the report fails or is cancelled.
   *
   * Leaving the loop, or aborting `signal`, ends the watching and not the report: `client.report.cancel.mutate({ reportId })`
   * does that.
   */
  runReport(
    options?: ReportOptionsInput,
    watchOptions?: WatchOptions,
  ): AsyncGenerator<Report, void, undefined>
  /** Yields a report as it is now, and then as `runReport` does, until it has ended in whatever state. */
  watchReport(reportId: string, options?: WatchOptions): AsyncGenerator<Report, void, undefined>
  /** The file of a complete report, as it arrives. */
  downloadReport(reportId: string, options?: DownloadOptions): Promise<ReadableStream<Uint8Array>>
  /** Sends a CSV file, which may be gzipped, and waits until it has been imported. */
  importFile(body: Blob | ReadableStream<Uint8Array>, options: ImportOptions): Promise<ImportRecord>
}

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
  const caller = createCaller(options)
  const { report, import: imports, store, health } = caller.procedures
  return {
    report,
    import: imports,
    store,
    health,
    async *runReport(reportOptions = {}, { signal } = {}) {
      signal?.throwIfAborted()
      // Not aborted on the way: the caller would not learn of a report that exists.
      const requested = await report.trigger.mutate(reportOptions)
      yield requested
      for await (const latest of watchReport(caller, requested.reportId, signal)) {
        if (latest.state === 'failed' || latest.state === 'cancelled') throw errorOfReport(latest)
        yield latest
      }
    },
    watchReport: (reportId, { signal } = {}) => watchReport(caller, reportId, signal),
    downloadReport: (reportId, downloadOptions = {}) => downloadReport(caller, reportId, downloadOptions),
    importFile: (body, importOptions) => importFile(caller, body, importOptions),
  }
}

function errorOfReport({ reportId, state, failure }: Report): AppError {
  const reason = failure === null ? '' : `: ${failure}`
  return new AppError(
    'conflict',
    `report ${reportId} ${state === 'failed' ? 'failed' : 'was cancelled'}${reason}`,
  )
}
