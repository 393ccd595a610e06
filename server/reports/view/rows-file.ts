import { stringify } from 'csv-stringify/sync'
import { percentColumns, reportColumns } from '../../../shared/report-columns.ts'
import type { ListedRow, ListedRowPage } from '../../../shared/report-rows.ts'
import { hundredthsOf } from '../csv-bytes.ts'
import type { Cell, Workbook } from '../workbook.ts'

const MINUTE_MS = 60_000

/** A column of the file of rows that were looked for. */
type FileColumn = readonly [header: string, cellOf: (row: ListedRow) => Cell]

/** What a store is, and then the columns of a report with those of unknown and excused time. */
const columns: readonly FileColumn[] = [
  ['store_id', ({ storeId }) => storeId],
  ['name', ({ name }) => name],
  ['timezone', ({ timezone }) => timezone],
  ['now', ({ now }) => now],
  ['down_since', ({ since }) => since],
  [
    'down_for(in minutes)',
    ({ downForMs }) => (downForMs === null ? null : hundredthsOf(downForMs, MINUTE_MS) / 100),
  ],
  ['last_poll', ({ lastPoll }) => lastPoll],
  ...reportColumns.map(({ header, key, unitMs }): FileColumn => [
    header,
    (row) => hundredthsOf(row[key], unitMs) / 100,
  ]),
  ...percentColumns.map(({ header, key }): FileColumn => [header, (row) => row[key]]),
  ['change(in points)', ({ change }) => change],
]

/** What stores lost, where it is asked for. */
const salesColumns: readonly FileColumn[] = [
  ['currency', ({ salesAtRisk }) => salesAtRisk?.currency ?? null],
  ['at_risk_low', ({ salesAtRisk }) => salesAtRisk?.low ?? null],
  ['at_risk', ({ salesAtRisk }) => salesAtRisk?.middle ?? null],
  ['at_risk_high', ({ salesAtRisk }) => salesAtRisk?.high ?? null],
  ['at_risk_basis', ({ salesAtRisk }) => salesAtRisk?.basis ?? null],
]

/** Rows a page at a time; the first page has been read, so that what is refused is known. */
export interface PagedRows {
  readonly first: ListedRowPage
  readonly next: (cursor: string) => Promise<ListedRowPage>
  readonly hasSales: boolean
}

function columnsOf({ hasSales }: PagedRows): readonly FileColumn[] {
  return hasSales ? [...columns, ...salesColumns] : columns
}

function headerOf(rows: PagedRows): string[] {
  return columnsOf(rows).map(([name]) => name)
}

async function* cellsOf(rows: PagedRows): AsyncGenerator<Cell[][]> {
  const { first, next } = rows
  const wanted = columnsOf(rows)
  for (let page = first; ; page = await next(page.nextCursor)) {
    yield page.items.map((row) => wanted.map(([, cellOf]) => cellOf(row)))
    if (page.nextCursor === null) return
  }
}

/** The rows as CSV, numbers with two decimals as in that of a report. */
export async function* csvOfRows(rows: PagedRows): AsyncGenerator<Uint8Array> {
  yield Buffer.from(stringify([headerOf(rows)]))
  for await (const cells of cellsOf(rows))
    yield Buffer.from(stringify(cells, { cast: { number: (n) => n.toFixed(2) } }))
}

/** The same as a workbook. */
export function workbookOfRows(rows: PagedRows): Workbook {
  return { name: 'Stores', header: headerOf(rows), rowCount: rows.first.total, rows: cellsOf(rows) }
}
