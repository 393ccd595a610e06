import type { ReportId } from '../../shared/ids.ts'
import type { Gone } from '../jobs/queue.ts'
import type { WorkTraces } from '../tracing/work-traces.ts'
import type { EndedReport, ReportJobParts } from './report-job.ts'

interface Told {
  readonly onEnd: ((ended: EndedReport) => void) | undefined
  readonly onGone: () => void
}

/** A report's trace, which ends when the report is not here any more: what its job is given for that. */
export function tracedReport(
  traces: WorkTraces,
  reportId: ReportId,
  { onEnd, onGone }: Told,
): { readonly jobParts: Pick<ReportJobParts, 'onEnd' | 'trace'>; readonly onGone: (how: Gone) => void } {
  const trace = traces.begin('report', { 'store_monitor.report.id': reportId })
  let ended: EndedReport | undefined
  return {
    jobParts: {
      trace,
      onEnd(report) {
        ended = report
        onEnd?.(report)
      },
    },
    onGone(how) {
      // Others may have ended it, who tell how.
      const { state = how === 'dropped' ? 'cancelled' : undefined, stores, failure } = ended ?? {}
      trace.end({ 'store_monitor.report.state': state, 'store_monitor.report.stores': stores }, failure)
      onGone()
    },
  }
}
