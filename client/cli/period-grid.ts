/** Shares of uptime by period: a row for each store or group, a column for each period. */
import type { PeriodUnit } from '../../shared/period-unit.ts'
import type { Report } from '../../shared/report.ts'
import { tableWidth } from './fitting-columns.ts'
import { formatCount, type TableColumn } from './output.ts'
import { periodHead } from './period-labels.ts'

export interface GridRow {
  readonly name: string
  /** Where rows are groups: how many stores it has, and the share of its business time that was observed. */
  readonly stores?: number
  readonly observed?: number | null
  /** Of all periods; null where nothing was observed. */
  readonly percent: number | null
  readonly percents: readonly (number | null)[]
}

export interface Grid {
  /** What the rows are. */
  readonly head: string
  readonly by: PeriodUnit
  readonly periods: readonly string[]
  readonly rows: readonly GridRow[]
}

/** What the numbers of a grid are. */
export function periodTitle({ by, from, to, asOf }: Report): string {
  return `Uptime by ${by}, ${from} to ${to}, as of ${asOf},
in per cent of the time that was observed (- where none was):`
}

/** The columns of a grid that is at most so wide; undefined where there are too many periods. */
export function gridColumns(grid: Grid, width: number): readonly TableColumn<GridRow>[] | undefined {
  // Even a digit for each would not fit.
  if (grid.periods.length * 3 > width) return undefined
  return [columnsOf(grid, false), columnsOf(grid, true)].find(
    (columns) => tableWidth(columns, grid.rows) <= width,
  )
}

function columnsOf({ head, by, periods, rows }: Grid, isNarrow: boolean): readonly TableColumn<GridRow>[] {
  const format = isNarrow ? shortPercent : longPercent
  const stores: TableColumn<GridRow> = {
    head: 'STORES',
    align: 'right',
    cell: (row) => formatCount(row.stores ?? 1),
  }
  const observed: TableColumn<GridRow> = {
    head: 'OBSERVED',
    align: 'right',
    cell: (row) => format(row.observed ?? null),
  }
  const areGroups = rows.some((row) => row.stores !== undefined)
  return [
    { head, cell: ({ name }) => name },
    ...(areGroups ? [stores] : []),
    ...periods.map((period, i) => ({
      head: periodHead(period, by, isNarrow),
      align: 'right' as const,
      cell: ({ percents }: GridRow) => format(percents[i]!),
    })),
    { head: 'ALL', align: 'right', cell: ({ percent }) => format(percent) },
    ...(areGroups ? [observed] : []),
  ]
}

function longPercent(percent: number | null): string {
  return percent === null ? '-' : percent.toFixed(2)
}

/** To one decimal; 100 and 0 only where they are exact, as rule 18 has it. */
function shortPercent(percent: number | null): string {
  if (percent === null) return '-'
  if (percent === 100 || percent === 0) return String(percent)
  return Math.min(99.9, Math.max(0.1, percent)).toFixed(1)
}
