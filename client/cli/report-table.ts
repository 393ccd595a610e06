import type { ListedRow } from '../../shared/report-rows.ts'
import type { Report, ReportRow, ReportTotals } from '../../shared/report.ts'
import type { SortColumn } from '../../shared/row-columns.ts'
import type { StoreMonitorClient } from '../client.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { formatAmount, formatCount, printTable, write, type TableColumn } from './output.ts'
import { formatRange } from './sales-text.ts'
import { orders, type TableSort } from './table-sorts.ts'

export interface TableOptions {
  readonly top?: number
  readonly sort?: TableSort
  /** Only stores whose id contains this. */
  readonly where?: string
  /** Whether it has what they lost. */
  readonly sales?: true
}

export const DEFAULT_TOP = 20

type Figures = Omit<ReportRow, 'storeId' | 'uncorrected'>
interface TableRow extends Figures {
  readonly name: string
  readonly salesAtRisk?: ListedRow['salesAtRisk']
}

const columns: readonly TableColumn<TableRow>[] = [
  { head: 'STORE', cell: ({ name }) => name },
  { head: 'HOUR', align: 'right', cell: (row) => percentOf(row, 'LastHour') },
  { head: 'DAY', align: 'right', cell: (row) => percentOf(row, 'LastDay') },
  { head: 'WEEK', align: 'right', cell: (row) => percentOf(row, 'LastWeek') },
  { head: 'UP', align: 'right', cell: (row) => formatHours(row.uptimeLastWeekMs) },
  { head: 'DOWN', align: 'right', cell: (row) => formatHours(row.downtimeLastWeekMs) },
  { head: 'UNKNOWN', align: 'right', cell: (row) => formatHours(row.unknownLastWeekMs) },
]
const excusedColumn: TableColumn<TableRow> = {
  head: 'EXCUSED',
  align: 'right',
  cell: (row) => formatHours(row.excusedLastWeekMs),
}
const businessColumn: TableColumn<TableRow> = {
  head: 'BUSINESS TIME',
  align: 'right',
  cell: (row) => formatHours(businessTimeMs(row, 'LastWeek')),
}

const salesColumn: TableColumn<TableRow> = {
  head: 'AT RISK',
  align: 'right',
  cell: ({ salesAtRisk }) => {
    if (salesAtRisk === undefined) return ''
    return salesAtRisk === null ? 'not known' : formatRange(salesAtRisk, salesAtRisk.currency)
  },
}

/** Prints a complete report's stores, the worst first, and the totals of all of them. */
export async function printReportTable(
  context: CommandContext,
  options: MessageOptions & TableOptions,
  client: StoreMonitorClient,
  report: Report,
): Promise<void> {
  const { reportId, asOf } = report
  const { top = DEFAULT_TOP, sort = 'uptime', where, sales = false } = options
  const only = where === undefined ? {} : { storeId: where }
  const totals = await client.report.totals.query({ reportId, ...only })
  if (totals.stores === 0) {
    say(context, options, where === undefined ? 'there are no stores' : `no store has "${where}" in its id`)
    return
  }
  const rows: TableRow[] = []
  for await (const row of firstRows(client, { reportId, ...orders[sort], ...only, sales }, top)) {
    rows.push({ ...row, name: row.storeId })
  }
  const shown = totals.excusedLastWeekMs > 0 ? [...columns, excusedColumn] : columns
  await write(
    context.stdout,
    `Uptime in the hour, the day and the week before ${asOf}; hours of the week:\n\n`,
  )
  const last = sales ? [businessColumn, salesColumn] : [businessColumn]
  await printTable(context, [...shown, ...last], [...rows, totalRow(totals)])
  const more = totals.stores - rows.length
  if (more > 0)
    say(context, options, `${formatCount(more)} more: --top ${totals.stores} shows them, -o FILE writes all`)
}

interface RowsQuery {
  readonly reportId: string
  readonly sortBy: SortColumn
  readonly order: 'ascending' | 'descending'
  readonly storeId?: string
  readonly sales: boolean
}

const PAGE_ROWS = 1000

async function* firstRows(
  client: StoreMonitorClient,
  query: RowsQuery,
  count: number,
): AsyncGenerator<ListedRow, void, undefined> {
  let cursor: string | null = null
  let left = count
  do {
    const limit = Math.min(left, PAGE_ROWS)
    const page: { items: ListedRow[]; nextCursor: string | null } = await client.report.rows.query({
      ...query,
      limit,
      ...(cursor === null ? {} : { cursor }),
    })
    yield* page.items
    left -= page.items.length
    cursor = page.nextCursor
  } while (cursor !== null && left > 0)
}

function totalRow(totals: ReportTotals): TableRow {
  const { stores } = totals
  return { ...totals, name: stores === 1 ? 'the only one' : `all ${formatAmount(stores, 'store')}` }
}

type Window = 'LastHour' | 'LastDay' | 'LastWeek'

function percentOf(row: Figures, window: Window): string {
  if (businessTimeMs(row, window) === 0) return 'closed'
  return formatPercent(row[`uptime${window}Percent`])
}

function businessTimeMs(row: Figures, window: Window): number {
  const { [`uptime${window}Ms` as const]: up, [`downtime${window}Ms` as const]: down } = row
  return up + down + row[`unknown${window}Ms`] + row[`excused${window}Ms`]
}

export function formatHours(ms: number): string {
  return `${(ms / 3_600_000).toFixed(2)} h`
}

export function formatPercent(percent: number | null): string {
  return percent === null ? 'unknown' : `${percent.toFixed(2)} %`
}
