import { AppError } from '../../../shared/app-error.ts'
import type { CorrectionUse } from '../../../shared/correction-kind.ts'
import type { Interpolation } from '../../../shared/interpolation.ts'
import type { PeriodUnit } from '../../../shared/period-unit.ts'
import type { Report, ReportOptionsInput } from '../../../shared/report.ts'
import type { StoreMonitorClient } from '../../client.ts'
import { sayDoubts } from '../doubts.ts'
import { say, type CommandContext } from '../context.ts'
import { formatAmount } from '../output.ts'
import { printGroups, writeGroups } from '../groups-table.ts'
import { printPeriodGroups, writePeriodGroups } from '../period-groups-table.ts'
import { periodSortOf, printPeriodTable } from '../period-table.ts'
import { printReportTable, type TableOptions } from '../report-table.ts'
import { runReport } from '../run-report.ts'
import { openWriter, type WriterOptions } from '../write-report.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface ReportCommandOptions extends DataOptions, TableOptions, WriterOptions {
  readonly asOf?: string
  readonly interpolation?: Interpolation
  readonly reach?: string
  readonly corrections?: CorrectionUse
  readonly by?: PeriodUnit
  readonly since?: string
  readonly until?: string
  /** Each as label=value. */
  readonly group?: string[]
  /** A label. */
  readonly groupBy?: string
}

export async function runReportCommand(
  context: CommandContext,
  options: ReportCommandOptions,
): Promise<void> {
  const isRollUp = wantsRollUp(context, options)
  const isTable = !isRollUp && wantsTable(context, options)
  if (options.by !== undefined) periodSortOf(options.sort)
  checkSales(options)
  const writer = await openWriter(context, options)

  await withData(context, options, async (connection, howToGoOn) => {
    const report = await runReport(context, options, connection, reportOptionsOf(options))
    if (isRollUp) return writeRollUp(context, options, connection.client, report)
    if (isTable) {
      await sayDoubts(context, options, connection.client, connection.flags, options.group)
      await printTableOf(context, options, connection.client, report)
      if (options.from !== undefined) say(context, options, howToGoOn)
      return
    }
    const path = await writer.write(connection.client, report)
    if (path !== undefined) say(context, options, `${path}: ${describe(report)}\n${howToGoOn}`)
  })
}

function checkSales({ sales, by, groupBy }: ReportCommandOptions): void {
  if (sales === undefined || (by ?? groupBy) === undefined) return
  throw new AppError(
    'invalid',
    '--sales is for a table by store of a week: leave out --by and --group-by, or ask "sales-at-risk"',
  )
}

/** By store or by group, and of a report by period with its periods. */
async function printTableOf(
  context: CommandContext,
  options: ReportCommandOptions,
  client: StoreMonitorClient,
  report: Report,
): Promise<void> {
  const { groupBy } = options
  if (groupBy === undefined) {
    const print = report.by === null ? printReportTable : printPeriodTable
    return print(context, options, client, report)
  }
  const print = report.by === null ? printGroups : printPeriodGroups
  await print(context, options, client, report, groupBy)
}

/** Whether groups are for programs: where that is said, or no terminal shows them. */
function wantsRollUp(
  { stdout }: CommandContext,
  { groupBy, format, json, output, ...table }: ReportCommandOptions,
): boolean {
  if (groupBy === undefined || output !== undefined) return false
  const asked = json === true ? 'ndjson' : format
  if (asked === 'xlsx') throw new AppError('invalid', '--group-by is written as csv or json, not as xlsx')
  const isOfTable = [table.top, table.sort, table.where].some((option) => option !== undefined)
  return asked !== undefined || (!stdout.isTTY && !isOfTable)
}

async function writeRollUp(
  context: CommandContext,
  options: ReportCommandOptions,
  client: StoreMonitorClient,
  report: Report,
): Promise<void> {
  const { groupBy, format, json } = options
  const write = report.by === null ? writeGroups : writePeriodGroups
  await write(context, options, client, report, {
    label: groupBy!,
    isJson: json === true || (format !== undefined && format !== 'csv'),
  })
}

/**
 * Whether a person is to read it: on a terminal unless a file is asked for, and elsewhere where what only a table has is.
 */
function wantsTable({ stdout }: CommandContext, options: ReportCommandOptions): boolean {
  const { top, sort, where, sales, groupBy, output, format, json } = options
  const asFile = Object.entries({ output, format, json }).find(([, value]) => value !== undefined)
  const asTable = Object.entries({ top, sort, where, sales, 'group-by': groupBy }).find(
    ([, value]) => value !== undefined,
  )
  if (asFile === undefined) return asTable !== undefined || stdout.isTTY
  if (asTable === undefined) return false
  throw new AppError(
    'invalid',
    `--${asTable[0]} is for the table that a terminal shows: leave out --${asFile[0]}`,
  )
}

function reportOptionsOf({
  asOf,
  interpolation,
  reach,
  corrections,
  by,
  since,
  until,
  group,
}: ReportCommandOptions): ReportOptionsInput {
  if (by === undefined && (since ?? until) !== undefined) {
    throw new AppError('invalid', '--since and --until are for a report by period: say by what, as --by day')
  }
  if (by !== undefined && (since === undefined || until === undefined)) {
    throw new AppError(
      'invalid',
      `--by ${by} needs --since and --until: local dates, YYYY-MM-DD, both included`,
    )
  }
  return {
    ...(corrections === undefined ? {} : { corrections }),
    ...(by === undefined ? {} : { by, from: since, to: until }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(interpolation === undefined ? {} : { interpolation }),
    ...(reach === undefined ? {} : { reach }),
    ...(group === undefined ? {} : { labels: group }),
  }
}

function describe({ reportId, asOf, progress }: Report): string {
  return `${formatAmount(progress.storesTotal, 'store')} as of ${asOf} (report ${reportId})`
}
