import { stringify } from 'csv-stringify/sync'
import type { StoreId } from '../../shared/ids.ts'
import type { ColumnChoice } from '../../shared/report-file.ts'
import { percentColumns, reportColumns } from '../../shared/report-columns.ts'
import {
  COMMA,
  hundredthsOf,
  MOST_BYTES_PER_PERCENT,
  NEWLINE,
  putAscii,
  putHundredths,
  putPercent,
} from './csv-bytes.ts'
import { columnOf, storeCountOf, totalAt, type PackedTotals } from './totals.ts'

const headers = { default: csvHeader('default'), all: csvHeader('all') }

/** A comma and the most that a column can be, with two decimals: `,168.00`. */
const MOST_BYTES_PER_TOTAL = Math.max(
  ...reportColumns.map(({ lengthMs, unitMs }) => `,${(lengthMs / unitMs).toFixed(2)}`.length),
)

const percentPlaces = percentColumns.map(({ uptimeKey, downtimeKey }) => ({
  uptime: columnOf(uptimeKey),
  downtime: columnOf(downtimeKey),
}))

/** The CSV's first line, with its end. */
export function csvHeaderLine(columns: ColumnChoice): string {
  return headers[columns]
}

/**
 * The CSV lines of a part's stores, whose ids are in the order of its totals: rule 17 of docs/uptime.md. Neither an id
 * nor a number has anything to quote, so that they are written as bytes; csv-stringify takes ten times as long for them.
 */
export function csvLines(
  totals: PackedTotals,
  storeIds: readonly StoreId[],
  choice: ColumnChoice,
): Uint8Array<ArrayBuffer> {
  const units = columnsOf(choice).map((column) => column.unitMs)
  const percents = choice === 'all' ? percentPlaces : []
  const idBytes = storeIds.reduce((sum, storeId) => sum + storeId.length, 0)
  const mostPerLine = units.length * MOST_BYTES_PER_TOTAL + percents.length * MOST_BYTES_PER_PERCENT + 1
  const bytes = new Uint8Array(idBytes + storeIds.length * mostPerLine)
  let at = 0
  for (let store = 0; store < storeCountOf(totals); store++) {
    at = putAscii(bytes, at, storeIds[store]!)
    for (let column = 0; column < units.length; column++) {
      bytes[at] = COMMA
      at = putHundredths(bytes, at + 1, hundredthsOf(totalAt(totals, store, column), units[column]!))
    }
    for (const { uptime, downtime } of percents) {
      bytes[at] = COMMA
      at = putPercent(bytes, at + 1, totalAt(totals, store, uptime), totalAt(totals, store, downtime))
    }
    bytes[at++] = NEWLINE
  }
  return bytes.subarray(0, at)
}

function columnsOf(choice: ColumnChoice): typeof reportColumns {
  return reportColumns.filter((column) => choice === 'all' || !column.isExtended)
}

function csvHeader(choice: ColumnChoice): string {
  const percents = choice === 'all' ? percentColumns.map(({ header }) => header) : []
  return stringify([['store_id', ...columnsOf(choice).map((column) => column.header), ...percents]])
}
