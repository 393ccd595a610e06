import { outageGroupCsvHeader, outageGroupCsvLine } from '../../shared/insight-csv.ts'
import type { OutageGroup, OutageGroups } from '../../shared/outage.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { fittingColumns, outputWidth, type FittingColumn } from './fitting-columns.ts'
import { formatCount, printable, printJson, printTable, write } from './output.ts'

interface OutageGroupOptions extends MessageOptions {
  readonly format?: 'csv' | 'json'
}

/** Writes outages that are rolled up by a label; on a terminal those with the most downtime first. */
export async function writeOutageGroups(
  context: CommandContext,
  options: OutageGroupOptions,
  { by, since, until, asOf, groups, hint }: OutageGroups,
): Promise<void> {
  const { stdout } = context
  const { format } = options
  if (hint) say(context, options, printable(hint))
  if (format === 'json') return printJson(context, groups)
  if (format === 'csv' || !stdout.isTTY) {
    return write(stdout, outageGroupCsvHeader + groups.map(outageGroupCsvLine).join(''))
  }
  const rows = groups.toSorted((a, b) => b.downtimeMs - a.downtimeMs)
  await write(stdout, `Outages by ${by}, ${since} to ${until}, as of ${asOf}:\n\n`)
  await printTable(context, fittingColumns(columnsOf(by), rows, outputWidth(context)), rows)
}

function columnsOf(by: string): readonly FittingColumn<OutageGroup>[] {
  return [
    { head: by.toUpperCase(), cell: ({ group }) => group ?? '(none)' },
    { head: 'STORES', align: 'right', cell: ({ stores }) => formatCount(stores) },
    {
      head: 'WITH OUTAGES',
      align: 'right',
      cell: ({ storesWithOutages }) => formatCount(storesWithOutages),
      isOptional: true,
    },
    { head: 'OUTAGES', align: 'right', cell: ({ outages }) => formatCount(outages) },
    { head: 'ONGOING', align: 'right', cell: ({ ongoing }) => formatCount(ongoing) },
    { head: 'DOWN', align: 'right', cell: ({ downtimeMs }) => lasted(downtimeMs) },
    {
      head: 'LONGEST',
      align: 'right',
      cell: ({ longest }) => (longest === null ? '' : lasted(longest.downtimeMs)),
    },
    { head: 'OF STORE', cell: ({ longest }) => longest?.storeId ?? '', isOptional: true },
  ]
}

/** Hours and minutes. */
export function lasted(totalMs: number): string {
  const minutes = Math.round(totalMs / 60_000)
  return `${formatCount(Math.floor(minutes / 60))}:${String(minutes % 60).padStart(2, '0')} h`
}
