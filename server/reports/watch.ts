import { EventEmitter } from 'node:events'
import { AppError } from '../../shared/app-error.ts'
import type { ReportId } from '../../shared/ids.ts'
import { isFinished } from '../../shared/report-state.ts'
import type { Report } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { getReport, reportOf } from '../database/reports.ts'

/** How often a watcher looks for what another process did to a report. */
const LOOK_AGAIN_MS = 500
/** A watcher sees progress at most this often, as to look and to tell takes time from the work itself. */
const PROGRESS_EVERY_MS = 50

export interface ReportWatch {
  tellProgress(reportId: ReportId): void
  tellEnd(reportId: ReportId): void
  /**
   * The report now and after each change until it has ended. Its end is told at once, progress now and then. Who has seen it once waits
   * where the database is away.
   */
  watch(reportId: ReportId, signal?: AbortSignal): AsyncGenerator<Report, void>
  /** Waits until it has ended, is gone, or cannot be looked at. */
  untilEnd(reportId: ReportId, signal: AbortSignal): Promise<void>
}

/** Has those who watch a report look at it in the database whenever there is news. */
export function createReportWatch(db: Db): ReportWatch {
  const news = new EventEmitter<Record<ReportId, ['progress' | 'end']>>().setMaxListeners(0)

  function listen(
    reportId: ReportId,
    signal: AbortSignal | undefined,
  ): Disposable & { heard: Promise<void> } {
    const { promise: heard, resolve } = Promise.withResolvers<void>()
    const progressDueAt = performance.now() + PROGRESS_EVERY_MS
    const stop = () => resolve()
    let timer = setTimeout(stop, LOOK_AGAIN_MS)
    function onNews(what: 'progress' | 'end'): void {
      clearTimeout(timer)
      if (what === 'end') resolve()
      else timer = setTimeout(stop, Math.max(0, progressDueAt - performance.now()))
    }
    news.on(reportId, onNews)
    signal?.addEventListener('abort', stop)
    return {
      heard,
      [Symbol.dispose]() {
        clearTimeout(timer)
        news.off(reportId, onNews)
        signal?.removeEventListener('abort', stop)
      },
    }
  }

  /** Undefined where it may be seen later. */
  async function look(reportId: ReportId, isPatient: boolean): Promise<Report | undefined> {
    try {
      return reportOf(await getReport(db, reportId))
    } catch (error) {
      if (isPatient && error instanceof AppError && error.code === 'unavailable') return undefined
      throw error
    }
  }

  const reportWatch: ReportWatch = {
    tellProgress: (reportId) => void news.emit(reportId, 'progress'),
    tellEnd: (reportId) => void news.emit(reportId, 'end'),
    async *watch(reportId, signal) {
      let seen = ''
      for (;;) {
        using listener = listen(reportId, signal) // before it looks, so that it misses nothing
        const report = await look(reportId, seen !== '')
        if (report === undefined) {
          if (signal?.aborted) return
          await listener.heard
          continue
        }
        const state = JSON.stringify([report.state, report.progress])
        if (state !== seen) yield report
        seen = state
        if (isFinished(report.state) || signal?.aborted) return
        await listener.heard
      }
    },
    async untilEnd(reportId, signal) {
      try {
        for await (const _ of reportWatch.watch(reportId, signal));
      } catch {
        // It is gone, or the database is: then it is not waited for.
      }
    },
  }
  return reportWatch
}
