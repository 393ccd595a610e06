import type { TRPCClient } from '@trpc/client'
import type { AppRouter } from '../server/api/router.ts'
import { AppError } from '../shared/app-error.ts'
import type { ImportRecord } from '../shared/import.ts'
import type { PushResult } from '../shared/push.ts'
import type { StoreChanges } from '../shared/store-now.ts'
import type { Report, ReportOptionsInput } from '../shared/report.ts'
import type { Caller } from './call.ts'
import { exportPolls, type ExportPollsOptions, type PollsFile } from './export-polls.ts'
import { pushLines, type PushLinesOptions } from './push-lines.ts'
import { pushPolls, sendPolls, type PushablePoll, type PushOptions, type SendOptions } from './push-polls.ts'
import { downloadReport, importFile, type DownloadOptions, type ImportOptions } from './transfer.ts'
import { watchImport } from './watch-import.ts'
import { watchReport } from './watch-report.ts'
import { watchStores, type WatchStoresOptions } from './watch-stores.ts'

type Procedures = Pick<
  TRPCClient<AppRouter>,
  | 'report'
  | 'import'
  | 'store'
  | 'poll'
  | 'poller'
  | 'source'
  | 'correction'
  | 'outage'
  | 'sales'
  | 'slo'
  | 'incident'
  | 'data'
  | 'alert'
  | 'alertRule'
  | 'digest'
  | 'key'
  | 'retention'
  | 'session'
  | 'health'
>

interface WatchOptions {
  /** Aborting it ends the watching, with the signal's reason as the error; the report, or the import, itself goes on. */
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
  /**
   * Yields which stores went down, and which are not down any more, whenever some do, until `signal` is aborted; first an event without
   * changes. Goes on after a lost connection where it left off; where more has changed than can be told, `isResync` says so: ask
   * `store.down` again then.
   */
  watchStores(options?: WatchStoresOptions): AsyncGenerator<StoreChanges, void, undefined>
  /** Yields the record of an import as it is now, and then at each change until it has ended, on whichever server that is. */
  watchImport(importId: number, options?: WatchOptions): AsyncGenerator<ImportRecord, void, undefined>
  /** The file of a complete report, as it arrives. */
  downloadReport(reportId: string, options?: DownloadOptions): Promise<ReadableStream<Uint8Array>>
  /** Sends a CSV file, which may be gzipped, and waits until it has been imported. */
  importFile(body: Blob | ReadableStream<Uint8Array>, options: ImportOptions): Promise<ImportRecord>
  readonly polls: {
    /**
     * Pushes polls as they come, in batches, and returns when all are safe. None waits longer than a second for others, however
     * long there are no more. Takes no more of them than the server does, and sends a batch again where the server was busy or
     * could not be reached, which changes nothing where it had arrived.
     */
    push(
      polls: Iterable<PushablePoll> | AsyncIterable<PushablePoll>,
      options?: PushOptions,
    ): Promise<PushResult>
    /**
     * Likewise lines of CSV or JSON as they come, of bytes that are cut anywhere, also without an end; an array of JSON at its end.
     * Throws a `rejected` AppError where no poll could be taken.
     */
    pushLines(bytes: AsyncIterable<Uint8Array>, options?: PushLinesOptions): Promise<PushResult>
    /** Pushes a body as it is: CSV, JSON, or lines of JSON, of any length, perhaps packed. */
    send(body: Blob | ReadableStream<Uint8Array>, options?: SendOptions): Promise<PushResult>
    /** A file of polls, by store and time, of any size: `client.poll.list.query(…)` gives them a page at a time. */
    export(options?: ExportPollsOptions): Promise<PollsFile>
  }
}

/** A client whose calls go through `caller`. */
export function createClient(caller: Caller): StoreMonitorClient {
  const {
    report,
    import: imports,
    store,
    poll,
    poller,
    source,
    correction,
    outage,
    sales,
    slo,
    incident,
    data,
    alert,
    alertRule,
    digest,
    key,
    retention,
    session,
    health,
  } = caller.procedures
  return {
    report,
    import: imports,
    store,
    poll,
    poller,
    source,
    outage,
    sales,
    slo,
    incident,
    correction,
    data,
    alert,
    alertRule,
    digest,
    key,
    retention,
    session,
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
    watchStores: (watchOptions = {}) => watchStores(caller, watchOptions),
    watchReport: (reportId, { signal } = {}) => watchReport(caller, reportId, signal),
    watchImport: (importId, { signal } = {}) => watchImport(caller, importId, signal),
    downloadReport: (reportId, downloadOptions = {}) => downloadReport(caller, reportId, downloadOptions),
    importFile: (body, importOptions) => importFile(caller, body, importOptions),
    polls: {
      push: (polls, pushOptions = {}) => pushPolls(caller, polls, pushOptions),
      pushLines: (bytes, linesOptions = {}) => pushLines(caller, bytes, linesOptions),
      send: (body, sendOptions = {}) => sendPolls(caller, body, sendOptions),
      export: (exportOptions = {}) => exportPolls(caller, exportOptions),
    },
  }
}

function errorOfReport({ reportId, state, failure }: Report): AppError {
  const reason = failure === null ? '' : `: ${failure}`
  return new AppError(
    'conflict',
    `report ${reportId} ${state === 'failed' ? 'failed' : 'was cancelled'}${reason}`,
  )
}
