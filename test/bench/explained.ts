import type { StoreId } from '../../shared/ids.ts'
import type { PeriodRow, ReportRow } from '../../shared/report.ts'
import { longestWindowMs, measures, reportWindows } from '../../shared/report-columns.ts'
import type { Timeline, TimelineSegment } from '../../shared/timeline.ts'
import type { Db } from '../../server/database/connect.ts'
import { outagesByStore } from '../../server/insight/outages.ts'
import { readTimeline } from '../../server/insight/timeline.ts'

const judging = { interpolation: 'nearest', reach: 86_400_000, corrections: 'applied' } as const
const statuses = { uptime: 'up', downtime: 'down', unknown: 'unknown', excused: 'excused' } as const

/** How many stores' segments do not add up to the totals of their rows, to the millisecond. */
export async function countExplainedOtherwise(
  db: Db,
  rows: readonly ReportRow[],
  asOf: number,
): Promise<number> {
  let differing = 0
  for (const row of rows) {
    const timeline = await readTimeline(db, {
      ...judging,
      storeId: row.storeId,
      asOf,
      since: { atMs: asOf - longestWindowMs },
      until: { atMs: asOf },
    })
    if (!isExplainedBy(row, timeline, asOf)) differing++
  }
  return differing
}

function isExplainedBy(row: ReportRow, { segments }: Timeline, asOf: number): boolean {
  return reportWindows.every((window) =>
    measures.every(
      ({ name }) =>
        row[`${name}${window.name}Ms`] === lengthOf(segments, statuses[name], asOf - window.lengthMs),
    ),
  )
}

/** How much time the segments of a status have from an instant on. */
function lengthOf(
  segments: readonly TimelineSegment[],
  wanted: TimelineSegment['status'],
  fromMs: number,
): number {
  return segments.reduce(
    (sum, { status, start, end }) =>
      status === wanted ? sum + Math.max(0, Date.parse(end) - Math.max(fromMs, Date.parse(start))) : sum,
    0,
  )
}

/** How many stores have outages with another downtime than their rows, which are of all time that there are polls of. */
export async function countOtherOutages(
  db: Db,
  rows: readonly PeriodRow[],
  asked: { readonly asOf: number; readonly since: string; readonly until: string },
): Promise<number> {
  const downtimeOf = new Map<StoreId, number>()
  for (const { storeId, downtimeMs } of rows) {
    downtimeOf.set(storeId, (downtimeOf.get(storeId) ?? 0) + downtimeMs)
  }
  for await (const { storeId, outages } of outagesByStore(db, { ...judging, ...asked }, undefined)) {
    const downtimeMs = outages.reduce((sum, outage) => sum + outage.downtimeMs, 0)
    if (downtimeOf.get(storeId) === downtimeMs) downtimeOf.delete(storeId)
  }
  return downtimeOf.size
}
