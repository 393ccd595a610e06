import { AppError } from '../../shared/app-error.ts'
import { maxPageSize } from '../../shared/page-size.ts'
import type { PeriodStore, PeriodStoreSort } from '../../shared/period-group.ts'
import type { Report } from '../../shared/report.ts'
import type { StoreMonitorClient } from '../client.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { fittingColumns, outputWidth } from './fitting-columns.ts'
import { formatAmount, formatCount, printTable, write, type TableColumn } from './output.ts'
import { gridColumns, periodTitle, type GridRow } from './period-grid.ts'
import { gridRowsOf, printGroupPeriods, readPeriodGroups } from './period-groups-table.ts'
import { DEFAULT_TOP, formatHours, formatPercent, type TableOptions } from './report-table.ts'
import { statusBar, statusBarLegend } from './status-bar.ts'
import type { TableSort } from './table-sorts.ts'

/**
 * Prints a complete report by period: its stores, the worst first, with a column for each period. Where there are too many
 * for the terminal, all stores together by period, unless it was said which stores are to be shown.
 */
export async function printPeriodTable(
  context: CommandContext,
  options: MessageOptions & TableOptions,
  client: StoreMonitorClient,
  report: Report,
): Promise<void> {
  const { reportId } = report
  const by = report.by!
  const { top, sort, where } = options
  const { periods, stores, items } = await client.report.periodStores.query({
    reportId,
    limit: Math.min(top ?? DEFAULT_TOP, maxPageSize),
    sortBy: periodSortOf(sort),
    ...(where === undefined ? {} : { storeId: where }),
  })
  if (stores === 0) {
    say(context, options, where === undefined ? 'there are no stores' : `no store has "${where}" in its id`)
    return
  }
  const ofAll = where === undefined ? await readPeriodGroups(context, options, client, { reportId }) : []
  const rows: GridRow[] = [
    ...items.map(({ storeId, uptimePercent, percents }) => ({
      name: storeId,
      percent: uptimePercent,
      percents,
    })),
    ...gridRowsOf(ofAll).map(({ percent, percents }) => ({ name: nameOfAll(stores), percent, percents })),
  ]
  const columns = gridColumns({ head: 'STORE', by, periods, rows }, outputWidth(context))
  if (columns === undefined && (top ?? sort ?? where) === undefined) {
    await printGroupPeriods(context, report, ofAll)
    say(context, options, 'by store: --top 20 shows the worst, -o FILE writes all with all periods')
    return
  }
  if (columns !== undefined) {
    await write(context.stdout, `${periodTitle(report)}\n\n`)
    await printTable(context, columns, rows)
  } else {
    const { from, to, asOf } = report
    await write(context.stdout, `Uptime from ${from} to ${to}, as of ${asOf}:\n\n`)
    await printTable(context, fittingColumns(storeColumns, items, outputWidth(context)), items)
    await write(context.stdout, `${statusBarLegend}\n`)
  }
  const more = stores - items.length
  if (more > 0)
    say(context, options, `${formatCount(more)} more: --top ${stores} shows them, -o FILE writes all`)
}

function nameOfAll(stores: number): string {
  return stores === 1 ? 'the only one' : `all ${formatAmount(stores, 'store')}`
}

/** Throws an AppError for what a report by period is not sorted by. */
export function periodSortOf(sort: TableSort = 'uptime'): PeriodStoreSort {
  const found = periodSorts.find((periodSort) => periodSort === sort)
  if (found !== undefined) return found
  throw new AppError(
    'invalid',
    `--sort ${sort} is for a report without --by: write one of ${periodSorts.join(', ')}`,
  )
}

const periodSorts = [
  'store',
  'uptime',
  'downtime',
  'unknown',
  'excused',
] as const satisfies readonly PeriodStoreSort[]

const storeColumns: readonly TableColumn<PeriodStore>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'UPTIME', align: 'right', cell: ({ uptimePercent }) => formatPercent(uptimePercent) },
  { head: 'BUSINESS TIME', cell: (store) => statusBar(store) },
  { head: 'UP', align: 'right', cell: ({ uptimeMs }) => formatHours(uptimeMs) },
  { head: 'DOWN', align: 'right', cell: ({ downtimeMs }) => formatHours(downtimeMs) },
  { head: 'UNKNOWN', align: 'right', cell: ({ unknownMs }) => formatHours(unknownMs) },
]
