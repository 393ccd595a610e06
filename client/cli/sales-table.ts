import type { SalesRow } from '../../shared/sales-at-risk.ts'
import { inTwoDigits, type SalesRange } from '../../shared/sales-range.ts'
import type { CommandContext } from './context.ts'
import { formatAmount, printTable, write, type TableColumn } from './output.ts'
import { formatHours } from './report-table.ts'
import { formatMoney, formatRange, rangeInWords, rangeOf, revenueSources } from './sales-text.ts'

/** What stores lost, the most first; then what that is in all. */
export async function printSales(context: CommandContext, rows: readonly SalesRow[]): Promise<void> {
  const inOrder = rows.toSorted((a, b) => (b.middle ?? -1) - (a.middle ?? -1))
  await printTable(context, columns, inOrder)
  const totals = totalsOf(rows)
  const lines = totals.map(({ currency, stores, range }) => {
    const of = formatAmount(stores, 'store')
    return `${of}: ${formatRange(range, currency)}, most likely ${formatMoney(range.middle)}\n`
  })
  if (totals.some(({ stores }) => stores > 1)) await write(context.stdout, `\n${lines.join('')}`)
}

const columns: readonly TableColumn<SalesRow>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'AT RISK', cell: rangeInWords, align: 'right' },
  { head: 'LIKELY', cell: ({ middle }) => (middle === null ? '' : formatMoney(middle)), align: 'right' },
  { head: 'DOWN', cell: ({ downtimeMs }) => formatHours(downtimeMs), align: 'right' },
  { head: 'NOT PRICED', cell: ({ unpricedMs }) => formatHours(unpricedMs), align: 'right' },
  { head: 'UNKNOWN', cell: ({ unknownMs }) => formatHours(unknownMs), align: 'right' },
  { head: 'FROM', cell: ({ basis }) => (basis === null ? '' : revenueSources[basis]) },
]

interface SalesTotal {
  readonly currency: string | null
  readonly stores: number
  readonly range: SalesRange
}

/** Of the stores that have a range, by currency. */
function totalsOf(rows: readonly SalesRow[]): SalesTotal[] {
  const priced = rows.flatMap(({ currency, ...row }) => {
    const range = rangeOf(row)
    return range === null ? [] : [{ currency, range }]
  })
  return Array.from(
    Map.groupBy(priced, ({ currency }) => currency),
    ([currency, ofCurrency]) => {
      const sum = (end: keyof SalesRange) => ofCurrency.reduce((sum, { range }) => sum + range[end], 0)
      const range = inTwoDigits({ low: sum('low'), middle: sum('middle'), high: sum('high') })
      return { currency, stores: ofCurrency.length, range }
    },
  )
}
