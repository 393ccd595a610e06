import type { Db } from '../database/connect.ts'
import { listUnfinishedReports, type StoredReport } from '../database/reports.ts'
import { repeatedly } from '../repeatedly.ts'

export interface UnfinishedReportsOptions {
  /** Whether this process is at a report itself. */
  readonly isOurs: (reportKey: number) => boolean
  readonly takeUp: (report: StoredReport) => void
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

/**
 * Takes up the reports that processes left unfinished which are gone: those there are, and of later ones those that came no
 * further between two looks. A process that is only slow may be at one too, which is why a part counts once.
 */
export async function watchUnfinishedReports(
  db: Db,
  { isOurs, takeUp, onError, everyMs = 10_000 }: UnfinishedReportsOptions,
): Promise<AsyncDisposable> {
  let seen = new Map<number, string>()

  async function look(isFirst: boolean): Promise<void> {
    const unfinished = (await listUnfinishedReports(db)).filter(({ report_key }) => !isOurs(report_key))
    for (const report of unfinished) {
      if (isFirst || seen.get(report.report_key) === progressOf(report)) takeUp(report)
    }
    seen = new Map(unfinished.map((report) => [report.report_key, progressOf(report)]))
  }

  await look(true)
  return repeatedly(() => look(false), { everyMs, onError })
}

function progressOf({ state, stores_done, started_at }: StoredReport): string {
  return `${state} ${stores_done} ${started_at}`
}
