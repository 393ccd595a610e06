import type { ReportId } from '../../shared/ids.ts'
import type { Db } from '../database/connect.ts'
import { listUnfinishedReports, type StoredReport } from '../database/reports.ts'
import { repeatedly, type Repeated } from '../repeatedly.ts'

export interface UnfinishedReportsOptions {
  /** Whether this process is at a report itself. */
  readonly isOurs: (reportId: ReportId) => boolean
  /** Whether processes share reports, each at other parts; otherwise one is best left to one. */
  readonly areShared: boolean
  /** Whether this process can share one: that it would compute it with the same. */
  readonly canShare: (report: StoredReport) => boolean
  /** `anew` where whoever was at it is gone, so that this process may begin it once more if it would compute it with something else. */
  readonly takeUp: (report: StoredReport, how: { readonly anew: boolean }) => void
  readonly onError: (error: unknown) => void
  readonly everyMs: number
  /** When whoever was at a report that came no further is taken for gone. */
  readonly stuckAfterMs: number
}

/**
 * Takes up reports that others began: where processes share them, at once; otherwise those there are at first, as there is one
 * process, and later those that come no further. A process that is only slow may be at one too, which is why a part counts once.
 */
export async function watchUnfinishedReports(
  db: Db,
  { isOurs, areShared, canShare, takeUp, onError, everyMs, stuckAfterMs }: UnfinishedReportsOptions,
): Promise<Repeated> {
  let seen = new Map<number, { readonly progress: string; readonly sinceMs: number }>()

  async function look(isFirst: boolean): Promise<void> {
    const unfinished = (await listUnfinishedReports(db)).filter(({ report_id }) => !isOurs(report_id))
    const nowMs = performance.now()
    const before = seen
    seen = new Map()
    for (const report of unfinished) {
      const progress = progressOf(report)
      const known = before.get(report.report_key)
      const sinceMs = known?.progress === progress ? known.sinceMs : nowMs
      seen.set(report.report_key, { progress, sinceMs })
      const isLeft = nowMs - sinceMs >= stuckAfterMs || (isFirst && !areShared)
      if (isLeft || (areShared && canShare(report))) takeUp(report, { anew: isLeft })
    }
  }

  await look(true)
  return repeatedly(() => look(false), { everyMs, onError })
}

function progressOf({ state, stores_done, started_at }: StoredReport): string {
  return `${state} ${stores_done} ${started_at}`
}
