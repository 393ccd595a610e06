import type { StoreLabel } from '../../shared/group.ts'
import type { ReportId } from '../../shared/ids.ts'
import { reportWindows } from '../../shared/report-columns.ts'
import type { ListedRowPage } from '../../shared/report-rows.ts'
import type { WindowName } from '../../shared/row-columns.ts'
import type { Db } from '../database/connect.ts'
import { storesOutside } from '../database/labelled.ts'
import { getReport } from '../database/reports.ts'
import { salesOfStores } from './sales-in-window.ts'

interface RowsWithSales {
  readonly reportId: ReportId
  readonly window: WindowName
  readonly sales: boolean
}

/** Rows with what their stores lost in a window of the report, where that is asked for; of stores in groups alone, those of a key. */
export async function withSales(
  db: Db,
  { reportId, window, sales }: RowsWithSales,
  groups: readonly StoreLabel[],
  page: ListedRowPage,
): Promise<ListedRowPage> {
  if (!sales) return page
  const report = await getReport(db, reportId)
  const asOfMs = report.as_of
  const judging = {
    asOfMs,
    interpolation: report.interpolation,
    reachMs: report.reach_ms,
    corrections: report.corrections,
  }
  const { lengthMs } = reportWindows.find(({ name }) => name === window)!
  const ids = page.items.map(({ storeId }) => storeId)
  // Some may have been deleted since.
  const outside = await storesOutside(db, ids, groups)
  const there = ids.filter((id) => !outside.has(id)).sort()
  const found = await salesOfStores(db, there, judging, { startMs: asOfMs - lengthMs, endMs: asOfMs })
  return {
    ...page,
    items: page.items.map((row) => ({ ...row, salesAtRisk: found.get(row.storeId) ?? null })),
  }
}
