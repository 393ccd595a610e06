import { AppError } from '../../../shared/app-error.ts'
import type { History } from '../../../shared/history.ts'
import { periodCsvHeader, periodCsvLine } from '../../../shared/insight-csv.ts'
import type { PeriodUnit } from '../../../shared/period-unit.ts'
import type { PeriodRow } from '../../../shared/report.ts'
import type { Connection } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { sayDoubts } from '../doubts.ts'
import { hourGridLegend, printHourGrid } from '../hour-grid.ts'
import { judgingOptionsOf, type JudgingCommandOptions } from '../judging-options.ts'
import { printJson, printTable, write, type TableColumn } from '../output.ts'
import {
  excusedColumns,
  printGroupPeriods,
  printPeriodGroups,
  readPeriodGroups,
  writePeriodGroups,
} from '../period-groups-table.ts'
import { periodLabel } from '../period-labels.ts'
import { formatHours, formatPercent } from '../report-table.ts'
import { runReport } from '../run-report.ts'
import { statusBar, statusBarLegend } from '../status-bar.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface HistoryOptions extends DataOptions, JudgingCommandOptions {
  readonly by: PeriodUnit
  readonly since: string
  readonly until: string
  readonly format?: 'csv' | 'json'
  readonly all?: true
  /** Each as label=value. */
  readonly group?: string[]
  /** A label. */
  readonly groupBy?: string
}

export async function runHistory(
  context: CommandContext,
  options: HistoryOptions,
  storeId: string | undefined,
): Promise<void> {
  checkWhose(options, storeId)
  await withData(context, options, async (connection) => {
    if (storeId === undefined) return writeGroups(context, options, connection)
    const { by, since, until } = options
    const query = { storeId, by, since, until, ...judgingOptionsOf(options) }
    const history = await connection.client.store.history.query(query)
    context.signal.throwIfAborted()
    await writeHistory(context, options, history)
  })
}

/** That it is of a store, of groups or of all. */
function checkWhose({ all, group, groupBy }: HistoryOptions, storeId: string | undefined): void {
  const given = [storeId, group, all].filter((one) => one !== undefined)
  if (given.length !== 1) {
    const what = given.length === 0 ? 'history of what?' : 'history of one thing at a time:'
    throw new AppError('invalid', `${what} Write the id of a store, or --group label=value, or --all`)
  }
  if (storeId !== undefined && groupBy !== undefined) {
    throw new AppError('invalid', '--group-by is for --group and --all: a store is in one group')
  }
}

async function writeHistory(
  context: CommandContext,
  { format, since, until }: HistoryOptions,
  { storeId, by, asOf, items }: History,
): Promise<void> {
  if (format === 'json') return printJson(context, items)
  if (format === 'csv' || !context.stdout.isTTY) {
    return write(context.stdout, periodCsvHeader + items.map(periodCsvLine).join(''))
  }
  if (by === 'hour-of-week') {
    const title = `Uptime of ${storeId} by hour of the week, ${since} to ${until},\nas of ${asOf},`
    await write(context.stdout, `${title}\n${hourGridLegend}\n\n`)
    return printHourGrid(context, items)
  }
  const columns: readonly TableColumn<PeriodRow>[] = [
    { head: 'PERIOD', cell: ({ period }) => periodLabel(period, by) },
    { head: 'UPTIME', align: 'right', cell: percentOf },
    { head: 'BUSINESS TIME', cell: (row) => statusBar(row) },
    { head: 'UP', align: 'right', cell: ({ uptimeMs }) => formatHours(uptimeMs) },
    { head: 'DOWN', align: 'right', cell: ({ downtimeMs }) => formatHours(downtimeMs) },
    { head: 'UNKNOWN', align: 'right', cell: ({ unknownMs }) => formatHours(unknownMs) },
    ...excusedColumns(items),
  ]
  await write(context.stdout, `Uptime of ${storeId} by ${by}, ${since} to ${until},\nas of ${asOf}:\n\n`)
  await printTable(context, columns, items)
  await write(context.stdout, `${statusBarLegend}\n`)
}

function percentOf({ uptimeMs, downtimeMs, unknownMs, excusedMs, uptimePercent }: PeriodRow): string {
  return uptimeMs + downtimeMs + unknownMs + excusedMs === 0 ? 'closed' : formatPercent(uptimePercent)
}

/** By a report by period and its roll-up. */
async function writeGroups(
  context: CommandContext,
  options: HistoryOptions,
  connection: Connection,
): Promise<void> {
  const { by, since, until, group, groupBy, format } = options
  const { client, flags } = connection
  const report = await runReport(context, options, connection, {
    ...judgingOptionsOf(options),
    by,
    from: since,
    to: until,
    ...(group === undefined ? {} : { labels: group }),
  })
  const isTable = format === undefined && context.stdout.isTTY
  if (report.progress.storesTotal === 0) say(context, options, 'there are no stores in these groups')
  if (isTable && report.progress.storesTotal === 0) return
  if (isTable) await sayDoubts(context, options, client, flags, group)
  if (isTable && groupBy !== undefined) return printPeriodGroups(context, options, client, report, groupBy)
  if (!isTable)
    return writePeriodGroups(context, options, client, report, { label: groupBy, isJson: format === 'json' })
  await printGroupPeriods(
    context,
    report,
    await readPeriodGroups(context, options, client, { reportId: report.reportId }),
  )
}
