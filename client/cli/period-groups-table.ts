import { maxPageSize } from '../../shared/page-size.ts'
import { periodGroupCsvHeader, periodGroupCsvLine } from '../../shared/insight-csv.ts'
import type { PeriodGroupPage, PeriodGroupRow } from '../../shared/period-group.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import type { Report } from '../../shared/report.ts'
import type { StoreMonitorClient } from '../client.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { fittingColumns, outputWidth, type FittingColumn } from './fitting-columns.ts'
import { formatAmount, printable, printJson, printTable, write, type TableColumn } from './output.ts'
import { gridColumns, periodTitle, type GridRow } from './period-grid.ts'
import { hourGridLegend, printHourGrid } from './hour-grid.ts'
import { periodLabel } from './period-labels.ts'
import { formatHours, formatPercent } from './report-table.ts'
import { statusBar, statusBarLegend, sumOf, type StatusTimes } from './status-bar.ts'

/** All rows of a complete report by period, rolled up by a label, or all stores as one. */
export async function readPeriodGroups(
  context: CommandContext,
  options: MessageOptions,
  client: StoreMonitorClient,
  query: { readonly reportId: string; readonly by?: string },
): Promise<PeriodGroupRow[]> {
  const rows: PeriodGroupRow[] = []
  let cursor: string | null = null
  do {
    const page: PeriodGroupPage = await client.report.periodGroups.query({
      ...query,
      limit: maxPageSize,
      ...(cursor === null ? {} : { cursor }),
    })
    context.signal.throwIfAborted()
    if (page.hint && cursor === null) say(context, options, printable(page.hint))
    rows.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}

/** Writes them for programs; without a label, all stores are one group. */
export async function writePeriodGroups(
  context: CommandContext,
  options: MessageOptions,
  client: StoreMonitorClient,
  { reportId }: Report,
  { label, isJson }: { readonly label: string | undefined; readonly isJson: boolean },
): Promise<void> {
  const query = { reportId, ...(label === undefined ? {} : { by: label }) }
  const rows = await readPeriodGroups(context, options, client, query)
  if (isJson) return printJson(context, rows)
  await write(context.stdout, periodGroupCsvHeader + rows.map(periodGroupCsvLine).join(''))
}

/** A row for each group, whose rows follow each other. */
export function gridRowsOf(rows: readonly PeriodGroupRow[]): (GridRow & { readonly stores: number })[] {
  return [...Map.groupBy(rows, ({ group }) => group)].map(([group, ofGroup]) => {
    const { uptimeMs, downtimeMs, unknownMs, excusedMs } = sumOf(ofGroup)
    return {
      name: group ?? '(none)',
      stores: ofGroup[0]!.stores,
      percent: uptimePercent(uptimeMs, downtimeMs),
      observed: uptimePercent(uptimeMs + downtimeMs, unknownMs + excusedMs),
      percents: ofGroup.map((row) => row.uptimePercent),
    }
  })
}

/** Prints a report by period rolled up by a label: a column for each period, or else a line for each group and period. */
export async function printPeriodGroups(
  context: CommandContext,
  options: MessageOptions,
  client: StoreMonitorClient,
  report: Report,
  label: string,
): Promise<void> {
  const { reportId } = report
  const groups = await readPeriodGroups(context, options, client, { reportId, by: label })
  const rows = gridRowsOf(groups)
  const periods = [...new Set(groups.map(({ period }) => period))]
  const grid = { head: label.toUpperCase(), by: report.by!, periods, rows }
  const columns = gridColumns(grid, outputWidth(context))
  if (columns === undefined) return printGroupPeriods(context, report, groups, label)
  await write(context.stdout, `${periodTitle(report)}\n\n`)
  await printTable(context, columns, rows)
}

/** Prints a line for each period, of each group where there are groups. */
export async function printGroupPeriods(
  context: CommandContext,
  report: Report,
  rows: readonly PeriodGroupRow[],
  label?: string,
): Promise<void> {
  const { by, from, to, asOf, progress } = report
  if (by === 'hour-of-week') return printHourGrids(context, report, rows, label)
  const what =
    label === undefined
      ? `of ${formatAmount(progress.storesTotal, 'store')} by ${by}`
      : `by ${label} and ${by}`
  const columns: readonly FittingColumn<PeriodGroupRow>[] = [
    ...(label === undefined
      ? []
      : [{ head: label.toUpperCase(), cell: ({ group }: PeriodGroupRow) => group ?? '(none)' }]),
    { head: 'PERIOD', cell: ({ period }) => periodLabel(period, by!) },
    { head: 'UPTIME', align: 'right', cell: (row) => percentOf(row, row.uptimePercent) },
    { head: 'BUSINESS TIME', cell: (row) => statusBar(row), isOptional: true },
    { head: 'DOWN', align: 'right', cell: ({ downtimeMs }) => formatHours(downtimeMs) },
    { head: 'UNKNOWN', align: 'right', cell: ({ unknownMs }) => formatHours(unknownMs) },
    ...excusedColumns(rows),
    { head: 'UP', align: 'right', cell: ({ uptimeMs }) => formatHours(uptimeMs), isOptional: true },
    {
      head: 'MEDIAN STORE',
      align: 'right',
      cell: (row) => percentOf(row, row.medianUptimePercent),
      isOptional: true,
    },
    {
      head: 'OBSERVED',
      align: 'right',
      cell: (row) => percentOf(row, row.observedPercent),
      isOptional: true,
    },
  ]
  await write(context.stdout, `Uptime ${what}, ${from} to ${to},\nas of ${asOf}:\n\n`)
  await printTable(context, fittingColumns(columns, rows, outputWidth(context)), rows)
  await write(context.stdout, `${statusBarLegend}\n`)
}

/** By hour of the week: a grid for each group. */
async function printHourGrids(
  context: CommandContext,
  { from, to, asOf }: Report,
  rows: readonly PeriodGroupRow[],
  label?: string,
): Promise<void> {
  const dates = `${from} to ${to},\nas of ${asOf},`
  await write(context.stdout, `Uptime by hour of the week, ${dates}\n${hourGridLegend}\n`)
  for (const [group, hours] of Map.groupBy(rows, (row) => row.group)) {
    const what = label === undefined ? '' : `${label} ${printable(group ?? '(none)')}: `
    await write(context.stdout, `\n${what}${formatAmount(hours[0]!.stores, 'store')}\n`)
    await printHourGrid(context, hours)
  }
}

/** Only where there is any. */
export function excusedColumns<Row extends StatusTimes>(rows: readonly Row[]): TableColumn<Row>[] {
  if (rows.every(({ excusedMs }) => excusedMs === 0)) return []
  return [{ head: 'EXCUSED', align: 'right', cell: ({ excusedMs }) => formatHours(excusedMs) }]
}

function percentOf(row: PeriodGroupRow, percent: number | null): string {
  const businessMs = row.uptimeMs + row.downtimeMs + row.unknownMs + row.excusedMs
  return businessMs === 0 ? 'closed' : formatPercent(percent)
}
