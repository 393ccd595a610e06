import type { ReportHours } from '../../../shared/report-hours.ts'
import type { Db } from '../../database/connect.ts'
import { listAllParts } from '../../database/report-plan.ts'
import type { StoredReport } from '../../database/reports.ts'
import { askedOf } from '../asked.ts'
import { createHourSums, hoursOf } from '../hours-of-week.ts'
import { stretchesOfParts } from '../part-size.ts'
import type { RunTask } from '../worker-task.ts'

const MOST_REPORTS = 4

export type WeekHours = (report: StoredReport) => Promise<ReportHours>

/** The weeks of complete reports by the hour of the local week, computed when they are first asked for; the last few are kept. */
export function createWeekHours(db: Db, runTask: RunTask, workers: number): WeekHours {
  const kept = new Map<number, Promise<ReportHours>>()

  async function compute(report: StoredReport): Promise<ReportHours> {
    const asked = askedOf(report)
    const left = stretchesOfParts(await listAllParts(db, report.report_key), { workers, partsAtOnce: 1 })
    const sums = createHourSums()
    // As many at once as there are threads, so that a report which is asked for meanwhile has its turn.
    async function work(): Promise<void> {
      for (let parts = left.shift(); parts !== undefined; parts = left.shift()) {
        const ofParts = await runTask('hoursOfWeek', { parts, asked })
        ofParts.forEach((ms, i) => (sums[i]! += ms))
      }
    }
    await Promise.all(Array.from({ length: workers }, work))
    return { reportId: report.report_id, hours: hoursOf(sums) }
  }

  return (report) => {
    const key = report.report_key
    const known = kept.get(key)
    if (known !== undefined) return known
    const computed = compute(report)
    kept.set(key, computed)
    computed.catch(() => kept.delete(key))
    if (kept.size > MOST_REPORTS) kept.delete(kept.keys().next().value!)
    return computed
  }
}
