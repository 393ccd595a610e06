import { labelOf } from '../../shared/label.ts'
import { AppError } from '../../shared/app-error.ts'
import type { GroupRow, ReportGroups } from '../../shared/group.ts'
import {
  byPercentKey,
  byTotalKey,
  reportColumns,
  reportWindows,
  uptimePercent,
} from '../../shared/report-columns.ts'
import type { Db } from '../database/connect.ts'
import { readLabelValues } from '../database/labelled.ts'
import type { StoredReport } from '../database/reports.ts'
import { totalsByPart } from './rows.ts'
import { columnOf, storeCountOf, storeKeyAt, totalAt, type PackedTotals } from './totals.ts'

interface Sums {
  stores: number
  /** In the order of `reportColumns`. */
  readonly totals: Float64Array
  /** Of each window, the percentages of the stores that were observed. */
  readonly percents: readonly number[][]
}

/**
 * The groups that a label's values make of a complete report's stores, in the order of the values, and last the stores that
 * have none: rule 32 of docs/uptime.md. Throws a `conflict` AppError where the report has no rows by window.
 */
export async function groupsOf(db: Db, report: StoredReport, by: string): Promise<ReportGroups> {
  const label = labelOf(by)
  if (report.state !== 'complete' || report.period !== null) {
    const why = report.period === null ? `it is ${report.state}` : `it is by ${report.period}`
    throw new AppError('conflict', `report ${report.report_id} has no groups: ${why}`)
  }
  const valueOf = await readLabelValues(db, label)
  const groups = new Map<string | null, Sums>()
  for await (const totals of totalsByPart(db, report.report_key)) {
    for (let store = 0; store < storeCountOf(totals); store++) {
      const value = valueOf.get(storeKeyAt(totals, store)) ?? null
      let sums = groups.get(value)
      if (sums === undefined) groups.set(value, (sums = noSums()))
      addStore(sums, totals, store)
    }
  }
  const inOrder = [...groups].sort(([a], [b]) => compareValues(a, b))
  return {
    reportId: report.report_id,
    by: label,
    groups: inOrder.map(([group, sums]) => rowOf(group, sums)),
  }
}

function noSums(): Sums {
  return { stores: 0, totals: new Float64Array(reportColumns.length), percents: reportWindows.map(() => []) }
}

function addStore(sums: Sums, totals: PackedTotals, store: number): void {
  sums.stores++
  for (let column = 0; column < reportColumns.length; column++) {
    sums.totals[column]! += totalAt(totals, store, column)
  }
  windowColumns.forEach(({ uptime, downtime }, window) => {
    const percent = uptimePercent(totalAt(totals, store, uptime), totalAt(totals, store, downtime))
    if (percent !== null) sums.percents[window]!.push(percent)
  })
}

const windowColumns = reportWindows.map(({ name }) => ({
  uptime: columnOf(`uptime${name}Ms`),
  downtime: columnOf(`downtime${name}Ms`),
  unknown: columnOf(`unknown${name}Ms`),
  excused: columnOf(`excused${name}Ms`),
}))

function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return a < b ? -1 : 1
}

function rowOf(group: string | null, { stores, totals, percents }: Sums): GroupRow {
  const sum = (column: number) => totals[column]!
  const byWindow = reportWindows.map(({ name }, window) => {
    const { uptime, downtime, unknown, excused } = windowColumns[window]!
    const observedMs = sum(uptime) + sum(downtime)
    const restMs = sum(unknown) + sum(excused)
    return {
      [`observed${name}Percent`]: uptimePercent(observedMs, restMs),
      [`medianUptime${name}Percent`]: medianOf(percents[window]!),
    }
  })
  return {
    group,
    stores,
    ...byTotalKey(({ key }) => sum(columnOf(key))),
    ...byPercentKey(({ uptimeKey, downtimeKey }) =>
      uptimePercent(sum(columnOf(uptimeKey)), sum(columnOf(downtimeKey))),
    ),
    ...(Object.assign({}, ...byWindow) as Pick<GroupRow, WindowKeys>),
  }
}

type WindowKeys = Extract<keyof GroupRow, `observed${string}` | `medianUptime${string}`>

/** The middle one, or of two the mean, to two decimals. */
function medianOf(percents: number[]): number | null {
  if (percents.length === 0) return null
  const sorted = percents.toSorted((a, b) => a - b)
  const middle = sorted.length >>> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return Math.round(median * 100) / 100
}
