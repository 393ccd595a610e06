import { stringify } from 'csv-stringify/sync'
import type { StoreId } from '../../shared/ids.ts'
import type { ColumnChoice } from '../../shared/report-file.ts'
import { reportColumns } from '../../shared/report-columns.ts'
import { storeCountOf, totalAt, type PackedTotals } from './totals.ts'

const headers = { default: csvHeader('default'), all: csvHeader('all') }

const COMMA = 0x2c
const POINT = 0x2e
const ZERO = 0x30
const NEWLINE = 0x0a
/** A comma and the most that a column can be, with two decimals: `,168.00`. */
const MOST_BYTES_PER_TOTAL = Math.max(
  ...reportColumns.map(({ lengthMs, unitMs }) => `,${(lengthMs / unitMs).toFixed(2)}`.length),
)

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
  columns: ColumnChoice,
): Uint8Array<ArrayBuffer> {
  const units = columnsOf(columns).map((column) => column.unitMs)
  const idBytes = storeIds.reduce((sum, storeId) => sum + storeId.length, 0)
  const bytes = new Uint8Array(idBytes + storeIds.length * (units.length * MOST_BYTES_PER_TOTAL + 1))
  let at = 0
  for (let store = 0; store < storeCountOf(totals); store++) {
    at = putAscii(bytes, at, storeIds[store]!)
    for (let column = 0; column < units.length; column++) {
      bytes[at] = COMMA
      at = putHundredths(bytes, at + 1, hundredthsOf(totalAt(totals, store, column), units[column]!))
    }
    bytes[at++] = NEWLINE
  }
  return bytes.subarray(0, at)
}

/** Whole milliseconds in hundredths of a unit, rounded half up. */
function hundredthsOf(ms: number, unitMs: number): number {
  return Math.floor((ms * 100 + unitMs / 2) / unitMs)
}

/** Writes a text of ASCII letters; where it ends. */
function putAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

/** Writes hundredths as a number with two decimals, its digits from the last to the first; where it ends. */
function putHundredths(bytes: Uint8Array, at: number, hundredths: number): number {
  let digits = 3
  for (let limit = 1000; hundredths >= limit; limit *= 10) digits++
  const end = at + digits + 1
  let rest = hundredths
  for (let place = end - 1; place >= at; place--) {
    if (place === end - 3) {
      bytes[place] = POINT
      continue
    }
    bytes[place] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return end
}

function columnsOf(choice: ColumnChoice): typeof reportColumns {
  return reportColumns.filter((column) => choice === 'all' || !column.isExtended)
}

function csvHeader(choice: ColumnChoice): string {
  return stringify([['store_id', ...columnsOf(choice).map((column) => column.header)]])
}
