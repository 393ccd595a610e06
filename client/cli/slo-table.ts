import { sloGroupCsvHeader, sloGroupCsvLine } from '../../shared/insight-csv.ts'
import type { SloGroup, SloGroups, SloRow } from '../../shared/slo.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { fittingColumns, outputWidth, type FittingColumn } from './fitting-columns.ts'
import { lasted } from './outage-groups-table.ts'
import { formatCount, printable, printJson, printTable, toTheMinute, write } from './output.ts'
import { formatHours } from './report-table.ts'

type Amounts = Pick<SloRow, keyof SloRow & keyof SloGroup>

const amounts = [
  { head: 'TARGET', align: 'right', cell: ({ target }) => `${target} %` },
  { head: 'SPENT', align: 'right', cell: ({ spentPercent }) => `${spentPercent.toFixed(2)} %` },
  { head: 'DOWN', align: 'right', cell: ({ downtimeMs }) => lasted(downtimeMs) },
  { head: 'BUDGET', align: 'right', cell: ({ budgetMs }) => lasted(budgetMs), isOptional: true },
  {
    head: 'LEFT',
    align: 'right',
    cell: ({ leftMs }) => (leftMs < 0 ? `-${lasted(-leftMs)}` : lasted(leftMs)),
  },
  { head: 'UNKNOWN', align: 'right', cell: ({ unknownMs }) => formatHours(unknownMs) },
] as const satisfies readonly FittingColumn<Amounts>[]

const columns: readonly FittingColumn<SloRow>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'MONTH', cell: ({ month }) => month, isOptional: true },
  ...amounts,
  { head: 'AS OF', cell: ({ asOf }) => toTheMinute(asOf), isOptional: true },
]

/** Where stores stand, those that spent the most first. */
export async function printSlos(context: CommandContext, rows: readonly SloRow[]): Promise<void> {
  await printTable(context, fittingColumns(columns, rows, outputWidth(context)), mostSpent(rows))
}

interface SloGroupOptions extends MessageOptions {
  readonly format?: 'csv' | 'json'
}

export async function writeSloGroups(
  context: CommandContext,
  options: SloGroupOptions,
  { by, groups, hint }: SloGroups,
): Promise<void> {
  const { stdout } = context
  const { format } = options
  if (hint) say(context, options, printable(hint))
  if (format === 'json') return printJson(context, groups)
  if (format === 'csv' || !stdout.isTTY) {
    return write(stdout, sloGroupCsvHeader + groups.map(sloGroupCsvLine).join(''))
  }
  const ofGroups: readonly FittingColumn<SloGroup>[] = [
    { head: (by ?? 'all').toUpperCase(), cell: ({ group }) => group ?? '-' },
    { head: 'STORES', align: 'right', cell: ({ stores }) => formatCount(stores) },
    { head: 'OVER', align: 'right', cell: ({ overStores }) => formatCount(overStores) },
    ...amounts,
  ]
  await printTable(context, fittingColumns(ofGroups, groups, outputWidth(context)), mostSpent(groups))
}

function mostSpent<Row extends Amounts>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => b.spentPercent - a.spentPercent)
}
