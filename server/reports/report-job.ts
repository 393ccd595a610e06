import { toAppError } from '../../shared/app-error.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import type { ReportId } from '../../shared/ids.ts'
import type { Db } from '../database/connect.ts'
import { finishReport, type ReportEnd, type StoredReport } from '../database/reports.ts'
import type { Job } from '../jobs/queue.ts'
import { untracedWork, type OngoingWork } from '../tracing/work-traces.ts'
import { noted } from '../tracing/worked.ts'
import { askedOf } from './asked.ts'
import { forgetTaken, nothingKnown } from './known-outcome.ts'
import type { PartStretch } from './part-size.ts'
import type { ThreadPool } from './thread-pool.ts'
import type { ReportWatch } from './watch.ts'

export interface ReportJobParts {
  readonly writing: Db
  readonly runTask: ThreadPool['run']
  readonly watch: ReportWatch
  readonly computedWith: ComputedWith
  readonly now: () => number
  /** Whether a report that others began with something else is begun once more. */
  readonly anew: boolean
  /** Told of each report that ends here. */
  readonly onEnd?: (ended: EndedReport) => void
  /** Its trace, where there is one. */
  readonly trace?: OngoingWork
}

export interface EndedReport {
  readonly reportId: ReportId
  readonly state: ReportEnd['state']
  readonly stores: number
  /** From when it was asked for. */
  readonly durationMs: number
  readonly failure: string | undefined
}

/** A report as a job, whose tasks are stretches of its parts. What is true of it is in the database. */
export function reportJob(report: StoredReport, parts: ReportJobParts): Job<PartStretch, ReportId> {
  const { runTask, watch, computedWith, anew, trace = untracedWork } = parts
  const { report_key: reportKey, report_id: reportId } = report
  const asked = askedOf(report)
  const known = nothingKnown()
  const end = (how: Omit<ReportEnd, 'finishedAtMs'>) =>
    trace.step(() => noted('finishReport', () => endReport(report, how, parts)))
  return {
    key: reportId,
    async plan() {
      const pending = await trace.step(() => runTask('planReport', { reportKey, asked, anew }))
      watch.tellProgress(reportId)
      return pending
    },
    async perform(parts) {
      forgetTaken(known)
      const outcome = await trace.step(() => runTask('generateParts', { reportKey, parts, asked, known }))
      if (outcome === 'done' || outcome === 'instead') watch.tellProgress(reportId)
      return outcome
    },
    finish: () => end({ state: 'complete', computedWith }),
    fail: (reason) => end({ state: 'failed', failure: failureOf(reason), computedWith }),
  }
}

/** Puts a report into its final state, where it has not come to one. */
export async function endReport(
  report: StoredReport,
  end: Omit<ReportEnd, 'finishedAtMs'>,
  { writing, watch, now, onEnd = () => {} }: Pick<ReportJobParts, 'writing' | 'watch' | 'now' | 'onEnd'>,
): Promise<void> {
  const finishedAtMs = now()
  const ended = await finishReport(writing, report.report_key, { ...end, finishedAtMs })
  watch.tellEnd(report.report_id)
  if (ended === undefined) return
  const { state, failure } = end
  const durationMs = finishedAtMs - ended.requested_at
  onEnd({ reportId: report.report_id, state, stores: ended.stores_total, durationMs, failure })
}

/** Why a report failed, for a person. */
function failureOf(error: unknown): string {
  const { code, message } = toAppError(error)
  return code === 'internal' ? `an internal error stopped it: ${message}` : message
}
