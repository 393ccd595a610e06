import { salesGroupCsvHeader, salesGroupCsvLine } from '../../shared/insight-csv.ts'
import type { SalesGroup, SalesGroups } from '../../shared/sales-at-risk.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { formatCount, printable, printJson, printTable, write, type TableColumn } from './output.ts'
import { formatHours } from './report-table.ts'
import { formatMoney, rangeInWords } from './sales-text.ts'

interface SalesGroupOptions extends MessageOptions {
  readonly format: 'csv' | 'json' | 'table'
}

/** Writes what groups lost; as a table, the most first. */
export async function writeSalesGroups(
  context: CommandContext,
  options: SalesGroupOptions,
  { by, groups, hint }: SalesGroups,
): Promise<void> {
  if (hint) say(context, options, printable(hint))
  if (options.format === 'json') return printJson(context, groups)
  if (options.format === 'csv') {
    return write(context.stdout, salesGroupCsvHeader + groups.map(salesGroupCsvLine).join(''))
  }
  const rows = groups.toSorted((a, b) => (b.middle ?? -1) - (a.middle ?? -1))
  await printTable(context, columnsOf(by ?? 'all'), rows)
}

function columnsOf(by: string): readonly TableColumn<SalesGroup>[] {
  return [
    { head: by.toUpperCase(), cell: ({ group }) => group ?? '-' },
    { head: 'AT RISK', cell: rangeInWords, align: 'right' },
    { head: 'LIKELY', cell: ({ middle }) => (middle === null ? '' : formatMoney(middle)), align: 'right' },
    { head: 'STORES DOWN', cell: ({ stores }) => formatCount(stores), align: 'right' },
    { head: 'DOWN', cell: ({ downtimeMs }) => formatHours(downtimeMs), align: 'right' },
    { head: 'NOT PRICED', cell: ({ unpricedMs }) => formatHours(unpricedMs), align: 'right' },
    { head: 'UNKNOWN', cell: ({ unknownMs }) => formatHours(unknownMs), align: 'right' },
  ]
}
