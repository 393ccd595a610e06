import { stringify } from 'csv-stringify/sync'
import type { StoreId } from '../../shared/ids.ts'
import { reportColumns } from '../../shared/report.ts'
import { storeCountOf, totalAt, type PackedTotals } from './totals.ts'

export const columnChoices = ['default', 'all'] as const
export type ColumnChoice = (typeof columnChoices)[number]

const headers = { default: csvHeader('default'), all: csvHeader('all') }

/** The CSV's first line, with its end. */
export function csvHeaderLine(columns: ColumnChoice): string {
  return headers[columns]
}

/** The CSV lines of a part's stores, whose ids are in the order of its totals: rule 17 of docs/uptime.md. */
export function csvLines(totals: PackedTotals, storeIds: readonly StoreId[], columns: ColumnChoice): string {
  const units = columnsOf(columns).map((column) => column.unitMs)
  const records: string[][] = []
  for (let store = 0; store < storeCountOf(totals); store++) {
    const record: string[] = [storeIds[store]!]
    for (let column = 0; column < units.length; column++) {
      record.push(formatHundredths(totalAt(totals, store, column), units[column]!))
    }
    records.push(record)
  }
  return stringify(records)
}

/** Whole milliseconds in a unit, with two decimals, rounded half up. */
function formatHundredths(ms: number, unitMs: number): string {
  const hundredths = Math.floor((ms * 100 + unitMs / 2) / unitMs)
  const decimals = hundredths % 100
  return `${(hundredths - decimals) / 100}.${decimals < 10 ? '0' : ''}${decimals}`
}

function columnsOf(choice: ColumnChoice): typeof reportColumns {
  return reportColumns.filter((column) => choice === 'all' || !column.extended)
}

function csvHeader(choice: ColumnChoice): string {
  return stringify([['store_id', ...columnsOf(choice).map((column) => column.header)]])
}
