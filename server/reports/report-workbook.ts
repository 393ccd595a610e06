import { periodCsvHeader } from '../../shared/insight-csv.ts'
import { percentColumns, reportColumns } from '../../shared/report-columns.ts'
import type { ColumnChoice } from '../../shared/report-file.ts'
import type { PeriodRow, ReportRow } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { listDoneParts } from '../database/report-results.ts'
import { hundredthsOf } from './csv-bytes.ts'
import { csvHeaderLine } from './csv.ts'
import { periodTotalsByPart } from './period-rows.ts'
import { periodRows } from './period-totals.ts'
import { rowsByPart } from './rows.ts'
import { reportRowAt } from './totals.ts'
import type { Cell, Workbook } from './workbook.ts'

const HOUR_MS = 3_600_000

/** A complete report by window: the columns and numbers of its CSV. */
export async function windowWorkbook(db: Db, reportKey: number, columns: ColumnChoice): Promise<Workbook> {
  async function* rows(): AsyncGenerator<Cell[][]> {
    for await (const { totals, storeIds } of rowsByPart(db, reportKey)) {
      yield storeIds.map((storeId, store) =>
        windowCells(reportRowAt(totals, store, storeId, undefined), columns),
      )
    }
  }
  return {
    name: 'Uptime',
    header: headerOf(csvHeaderLine(columns)),
    rowCount: await countStores(db, reportKey),
    rows: rows(),
  }
}

/** A complete report by period, likewise. */
export async function periodWorkbook(
  db: Db,
  reportKey: number,
  periods: readonly string[],
): Promise<Workbook> {
  async function* rows(): AsyncGenerator<Cell[][]> {
    for await (const { totals, storeIds } of periodTotalsByPart(db, reportKey, periods.length)) {
      for (const [store, storeId] of storeIds.entries()) {
        yield periodRows(totals, store, storeId, periods, undefined).map(periodCells)
      }
    }
  }
  return {
    name: 'Uptime',
    header: headerOf(periodCsvHeader),
    rowCount: (await countStores(db, reportKey)) * periods.length,
    rows: rows(),
  }
}

async function countStores(db: Db, reportKey: number): Promise<number> {
  const parts = await listDoneParts(db, reportKey)
  return parts.reduce((sum, { storeCount }) => sum + storeCount, 0)
}

function headerOf(csvLine: string): string[] {
  return csvLine.trimEnd().split(',')
}

function windowCells(row: ReportRow, columns: ColumnChoice): Cell[] {
  const cells: Cell[] = [row.storeId]
  for (const { key, unitMs, isExtended } of reportColumns) {
    if (columns === 'all' || !isExtended) cells.push(hundredthsOf(row[key], unitMs) / 100)
  }
  if (columns === 'all') for (const { key } of percentColumns) cells.push(row[key])
  return cells
}

function periodCells(row: PeriodRow): Cell[] {
  const { storeId, period, uptimeMs, downtimeMs, unknownMs, excusedMs, uptimePercent } = row
  const hours = [uptimeMs, downtimeMs, unknownMs, excusedMs].map((ms) => hundredthsOf(ms, HOUR_MS) / 100)
  return [storeId, period, ...hours, uptimePercent]
}
