import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'
import { reportId as reportIdSchema, type ReportId, type StoreId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import { isFinished } from '../../shared/report-state.ts'
import type {
  EnsureOptions,
  JudgingOptions,
  PeriodRow,
  PeriodRowsQuery,
  Report,
  ReportOptions,
  ReportRow,
} from '../../shared/report.ts'
import type { Verification, VerifyQuery } from '../../shared/verification.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import type { Announced } from '../database/announced.ts'
import type { Db } from '../database/connect.ts'
import { dialectOf } from '../database/dialect/dialect.ts'
import { ensureReport } from '../database/ensured-report.ts'
import {
  deleteReport,
  getReport,
  insertReport,
  reportOf,
  type RequestOnce,
  type StoredReport,
} from '../database/reports.ts'
import { createJobQueue } from '../jobs/queue.ts'
import type { Repeated } from '../repeatedly.ts'
import { usualLimits, type Limits } from '../limits/setting.ts'
import { untraced, type WorkTraces } from '../tracing/work-traces.ts'
import { asOfMsOf } from './as-of.ts'
import type { Generator } from './generate.ts'
import { endReport, reportJob, type EndedReport } from './report-job.ts'
import type { PartStretch } from './part-size.ts'
import { createRollUps, type RollUps } from './roll-ups.ts'
import { createRequests } from './requests.ts'
import { requireSameOptions } from './same-options.ts'
import { threadsOnDemand } from './threads-on-demand.ts'
import { createReportViews, type ReportViews } from './view/report-views.ts'
import { tracedReport } from './traced-report.ts'
import { createReportWatch, type ReportWatch } from './watch.ts'
import { watchUnfinishedReports } from './unfinished-reports.ts'
import type { WorkerTasks } from './worker-task.ts'

/** How long the steps under way have to end when the runner is disposed of; what they had not stored is to be done again. */
const END_STEPS_WITHIN_MS = 1000
/** Beneath what is announced. */
const LOOK_EVERY_MS = 1000
/** Where processes share reports, only one that another version began. */
const SHARED_STUCK_AFTER_MS = 30_000
const STUCK_AFTER_MS = 10_000

/** Who asks for a report. */
export interface RequestedBy {
  /** Whom it is counted for. */
  readonly caller?: string
  readonly once?: RequestOnce | undefined
}

export interface ReportRunner extends ReportViews, RollUps, AsyncDisposable {
  readonly computedWith: ComputedWith
  /**
   * Takes a request for a report and starts on it, or finds the report of the same request made before. Throws a
   * `conflict` AppError where there are no polls, or where the same request had other options, and a `busy` one where too many
   * wait.
   */
  trigger(options: ReportOptions, by?: RequestedBy): Promise<Report>
  /** The report by window of these options and the data as they are: one that is there, however far it is, or a new one. */
  ensure(options: EnsureOptions, by?: RequestedBy): Promise<Report>
  /** Ends an unfinished report. Throws a `conflict` AppError where it has ended in another way. */
  cancel(reportId: ReportId): Promise<Report>
  /** Ends an unfinished report and returns it; removes one that has ended, with its result, and returns undefined. */
  cancelOrRemove(reportId: ReportId): Promise<Report | undefined>
  readonly watch: ReportWatch['watch']
  /** The row that a report would have for one store, at once. Throws as `trigger`, and where there is no such store. */
  storeRow(storeId: StoreId, options: JudgingOptions): Promise<ReportRow>
  /** A page of the rows of a complete report by period. */
  periodRows(query: PeriodRowsQuery): Promise<Page<PeriodRow>>
  /** Computes stores of a complete report again, and compares them with what is stored. */
  verify(query: VerifyQuery, signal: AbortSignal | undefined): Promise<Verification>
  /**
   * Goes on with the reports that a process left unfinished when it was killed, then and from time to time; the parts that
   * are done are kept.
   */
  resumeUnfinished(): Promise<void>
  /** Told of what a process on the database did, this one included. */
  hear(announced: Announced): void
  /** What there is to do here, and the threads that do it. */
  load(): { readonly waiting: number; readonly underWay: number; readonly threads: number }
  /** Begins no further part of a report; those under way end, and the others are for the next start. */
  stop(): void
}

export interface RunnerParts {
  readonly reading: Db
  readonly writing: Db
  readonly databaseUrl: string
  readonly workers: number
  /** `at once` for a server, whose first report is not to wait for threads; `on demand` for a command that may need none. */
  readonly startThreads: 'at once' | 'on demand'
  /** Whether reports are computed here, or left to others on the database; by default, they are. */
  readonly doesReports?: boolean
  /** Instead of as many as there are workers for. */
  readonly storesPerPart?: number
  readonly computedWith: ComputedWith
  readonly limits?: Pick<Limits, 'reports' | 'reportsByCaller'>
  readonly now: () => number
  /** For how long a worker waits for the lock of another writer. */
  readonly patienceMs?: number
  /** How long a report pauses after so many setbacks in a row. */
  readonly pauseMs?: (setbacks: number) => number
  /** How often it looks for reports that others left unfinished, and when it takes them for left. */
  readonly lookTimes?: { readonly everyMs: number; readonly stuckAfterMs: number }
  /** Told of each report that ends here. */
  readonly onEnd?: (ended: EndedReport) => void
  readonly traces?: WorkTraces
  /** Told of failures that could not even be written down. */
  readonly onError: (error: unknown) => void
}

/** Runs reports in a pool of worker threads, part by part. What is true of a report is in the database. */
export function createReportRunner({
  reading,
  writing,
  databaseUrl,
  workers,
  startThreads,
  doesReports = true,
  storesPerPart,
  patienceMs,
  pauseMs,
  lookTimes,
  computedWith,
  limits = usualLimits,
  now,
  onEnd,
  traces = untraced,
  onError,
}: RunnerParts): ReportRunner {
  const ending = onEnd === undefined ? {} : { onEnd }
  const threadSetting = { databaseUrl, workers, storesPerPart, patienceMs, computedWith }
  const startsThreads = startThreads === 'at once' && doesReports
  // Both are loaded when they are first needed: a command that asks for the state of a report does without.
  const threads = threadsOnDemand<WorkerTasks>(threadSetting, {
    minThreads: startsThreads ? workers : 0,
    maxThreads: workers,
    checkInPlace() {}, // those that stay have the one that was opened
  })
  const runTask = threads.run
  let generator: Promise<Generator> | undefined
  let unfinished: Repeated | undefined
  const closing = new AbortController()
  const areShared = dialectOf(writing).locksRows
  const views = createReportViews(reading, threadSetting, runTask)
  const watch = createReportWatch(reading)
  const queue = createJobQueue<PartStretch, ReportId>({
    maxUnderWay: workers * 2,
    onError,
    ...(pauseMs === undefined ? {} : { pauseMs }),
  })

  async function loadGenerator(): Promise<Generator> {
    const { createGenerator } = await import('./generate.ts')
    return createGenerator(reading)
  }

  function enqueue(
    report: StoredReport,
    {
      caller = '',
      onGone = () => {},
      anew = false,
    }: { caller?: string; onGone?: () => void; anew?: boolean },
  ): void {
    const trace = tracedReport(traces, report.report_id, { onEnd, onGone })
    const job = reportJob(report, { writing, runTask, watch, computedWith, now, anew, ...trace.jobParts })
    queue.add(job, { caller, onGone: trace.onGone })
  }

  const requests = createRequests(limits, {
    compute(report, caller, onGone) {
      if (doesReports) enqueue(report, { caller, onGone })
      else void watch.untilEnd(report.report_id, closing.signal).finally(onGone)
    },
  })

  if (startsThreads) threads.start()

  const runner: ReportRunner = {
    computedWith,
    async trigger(options, { caller = '', once } = {}) {
      const asOf = await asOfMsOf(reading, options)
      const reportId = reportIdSchema.parse(crypto.randomUUID())
      const request = { reportId, options, asOf, requestedAtMs: now(), once }
      const { report, isNew } = await requests.take(caller, reportId, () => insertReport(writing, request))
      if (!isNew) requireSameOptions(report, options)
      return reportOf(report)
    },

    async ensure(options, { caller = '' } = {}) {
      const reportId = reportIdSchema.parse(crypto.randomUUID())
      const asOf = await asOfMsOf(reading, options)
      const request = { reportId, options, asOf, requestedAtMs: now() }
      const { report } = await requests.take(caller, reportId, () =>
        ensureReport(writing, request, computedWith),
      )
      return reportOf(report)
    },

    async cancel(reportId) {
      const report = await getReport(reading, reportId)
      await endReport(report, { state: 'cancelled' }, { writing, watch, now, ...ending })
      queue.drop(reportId)
      const after = await getReport(reading, reportId)
      if (after.state === 'cancelled') return reportOf(after)
      throw new AppError('conflict', `report ${reportId} cannot be cancelled: it is ${after.state}`)
    },

    async cancelOrRemove(reportId) {
      const report = await getReport(reading, reportId)
      if (!isFinished(report.state)) return runner.cancel(reportId)
      await deleteReport(writing, report.report_key)
      return undefined
    },

    watch: watch.watch,

    async storeRow(storeId, options) {
      const { interpolation, reach, corrections } = options
      const asOfMs = await asOfMsOf(reading, options)
      generator ??= loadGenerator()
      return (await generator).storeRow(storeId, { asOfMs, interpolation, reachMs: reach, corrections })
    },

    rows: views.rows,
    totals: views.totals,
    summary: views.summary,
    hours: views.hours,
    viewThreads: views.viewThreads,

    ...createRollUps(reading, runTask),

    async periodRows(query) {
      const { pageOfPeriodRows } = await import('./period-rows.ts')
      return pageOfPeriodRows(reading, await getReport(reading, query.reportId), query)
    },

    async verify(query, signal) {
      const { verifyReport } = await import('./verify.ts')
      const report = await getReport(reading, query.reportId)
      return verifyReport(report, query, { db: reading, runTask, workers, computedWith, signal })
    },

    async resumeUnfinished() {
      unfinished = await watchUnfinishedReports(reading, {
        isOurs: (reportId) => queue.has(reportId) || requests.isTaking(reportId),
        areShared,
        canShare: ({ state, program_version, zone_data_version }) =>
          state === 'queued' ||
          (program_version === computedWith.programVersion &&
            zone_data_version === computedWith.zoneDataVersion),
        takeUp: (report, how) => enqueue(report, how),
        onError,
        everyMs: areShared ? LOOK_EVERY_MS : STUCK_AFTER_MS,
        stuckAfterMs: areShared ? SHARED_STUCK_AFTER_MS : STUCK_AFTER_MS,
        ...lookTimes,
      })
    },

    hear(announced) {
      if (announced.type === 'report') {
        const { reportId, state } = announced
        if (isFinished(state)) queue.leave(reportId)
        if (isFinished(state)) watch.tellEnd(reportId)
        else watch.tellProgress(reportId)
      }
      if (announced.type === 'new-report' || announced.type === 'perhaps') unfinished?.soon()
    },

    load: () => ({ ...queue.counts(), threads: threads.size() }),

    stop() {
      queue.stop() // what is not done stays to be done in the database
    },

    async [Symbol.asyncDispose]() {
      runner.stop()
      closing.abort()
      await unfinished?.[Symbol.asyncDispose]()
      await views[Symbol.asyncDispose]()
      const ended = await Promise.race([queue.settle(), delay(END_STEPS_WITHIN_MS, 'late', { ref: false })])
      if (ended === 'late') await threads[Symbol.asyncDispose]()
      else await threads.close()
    },
  }
  return runner
}
