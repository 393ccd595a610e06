import type { ReportId } from '../../shared/ids.ts'
import type { StoredReport } from '../database/reports.ts'
import { createGate } from '../limits/gate.ts'
import type { Limits } from '../limits/setting.ts'

/** A report that is there: one of the same request, or a new one. */
interface Requested {
  readonly report: StoredReport
  readonly isNew: boolean
}

export interface Requests {
  /** Takes what a caller asks for, and has it computed where it is new. Throws a `busy` AppError where too many wait. */
  take(caller: string, reportId: ReportId, insert: () => Promise<Requested>): Promise<Requested>
  /** Whether a report is being taken: others may see it before it is computed here. */
  isTaking(reportId: ReportId): boolean
}

export function createRequests(
  limits: Pick<Limits, 'reports' | 'reportsByCaller'>,
  {
    compute,
  }: {
    /** `onGone` is to be called when it has ended, or others are to end it. */
    readonly compute: (report: StoredReport, caller: string, onGone: () => void) => void
  },
): Requests {
  const waiting = createGate(limits, 'reports', 'reports that wait or are computed')
  const taking = new Set<ReportId>()
  return {
    async take(caller, reportId, insert) {
      using place = new DisposableStack()
      place.use(waiting.enter(caller))
      taking.add(reportId)
      try {
        const { report, isNew } = await insert()
        if (isNew) {
          const kept = place.move()
          compute(report, caller, () => kept.dispose())
        }
        return { report, isNew }
      } finally {
        taking.delete(reportId)
      }
    },
    isTaking: (reportId) => taking.has(reportId),
  }
}
