import type { GroupRow } from '../../shared/group.ts'
import { groupCsvHeader, groupCsvLine } from '../../shared/insight-csv.ts'
import type { Report } from '../../shared/report.ts'
import type { StoreMonitorClient } from '../client.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { formatCount, printable, printJson, printTable, write, type TableColumn } from './output.ts'
import { formatHours, formatPercent } from './report-table.ts'

const columns: readonly TableColumn<GroupRow>[] = [
  { head: 'GROUP', cell: ({ group }) => group ?? '(none)' },
  { head: 'STORES', align: 'right', cell: ({ stores }) => formatCount(stores) },
  { head: 'DAY', align: 'right', cell: (row) => formatPercent(row.uptimeLastDayPercent) },
  { head: 'WEEK', align: 'right', cell: (row) => formatPercent(row.uptimeLastWeekPercent) },
  { head: 'MEDIAN STORE', align: 'right', cell: (row) => formatPercent(row.medianUptimeLastWeekPercent) },
  { head: 'OBSERVED', align: 'right', cell: (row) => formatPercent(row.observedLastWeekPercent) },
  { head: 'UP', align: 'right', cell: (row) => formatHours(row.uptimeLastWeekMs) },
  { head: 'DOWN', align: 'right', cell: (row) => formatHours(row.downtimeLastWeekMs) },
]

/** Prints a complete report rolled up by a label. */
export async function printGroups(
  context: CommandContext,
  options: MessageOptions,
  client: StoreMonitorClient,
  { reportId, asOf }: Report,
  label: string,
): Promise<void> {
  const { groups, hint } = await client.report.groups.query({ reportId, by: label })
  if (hint) say(context, options, printable(hint))
  await write(
    context.stdout,
    `Uptime by ${label} in the day and the week before ${asOf}; hours of the week:\n\n`,
  )
  await printTable(context, columns, groups)
}

/** Writes it for programs. */
export async function writeGroups(
  context: CommandContext,
  options: MessageOptions,
  client: StoreMonitorClient,
  { reportId }: Report,
  { label, isJson }: { readonly label: string; readonly isJson: boolean },
): Promise<void> {
  const { groups, hint } = await client.report.groups.query({ reportId, by: label })
  if (hint) say(context, options, printable(hint))
  if (isJson) return printJson(context, groups)
  await write(context.stdout, groupCsvHeader + groups.map(groupCsvLine).join(''))
}
