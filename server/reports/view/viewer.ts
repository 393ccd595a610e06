import type { ListedRowPage, ReportRowsQuery } from '../../../shared/report-rows.ts'
import type { ReportSummaryQuery } from '../../../shared/report-summary.ts'
import type { WindowName } from '../../../shared/row-columns.ts'
import type { RowFilter } from '../../../shared/row-filter.ts'
import type { Db } from '../../database/connect.ts'
import { createScheduleZones } from '../../database/schedule-zones.ts'
import { findStoreKeys, listLabels, storeKeysByName } from '../../database/store-columns.ts'
import { parseOffset } from '../rows.ts'
import { readChanges, type Changes } from './changes.ts'
import { createKept } from './kept.ts'
import { listedRows } from './listed-rows.ts'
import { matchingPlaces } from './matching-places.ts'
import {
  bytesOfColumns,
  readColumns,
  type Places,
  type ReportColumns,
  type ViewedReport,
} from './report-columns.ts'
import { rowKeyOf } from './row-order.ts'
import { sortedPlaces } from './sorted-places.ts'
import { readStoreZones, type StoreZones } from './store-zones.ts'
import { summaryOf, sumsBefore, type SummaryFigures } from './summary.ts'
import { rowSumsOf, type RowSums } from './sums.ts'

/** What is kept of reports that were looked at besides the last one. */
const MOST_BYTES = 32 * 1024 * 1024
const MOST_REPORTS = 2
/** Orders of rows and changes: 2 to 4 bytes a store each. */
const MOST_ORDERS = 2

/** A report that is looked at, and the one that it is compared with. */
export interface Viewed {
  readonly report: ViewedReport
  readonly compareKey: number | undefined
}

export interface Viewer {
  rows(viewed: Viewed, query: ReportRowsQuery): Promise<ListedRowPage>
  /** A report in a few figures. */
  summary(viewed: Viewed, query: ReportSummaryQuery): Promise<SummaryFigures>
  /** The sums of the rows of stores whose id contains a text. */
  sums(report: ViewedReport, storeId: string | undefined): Promise<RowSums>
}

/** Looks at complete reports by window, and keeps those of late in memory: all of their totals and states as arrays. */
export function createViewer(db: Db): Viewer {
  const scheduleZones = createScheduleZones(db)
  const reports = createKept<ReportColumns>({
    most: MOST_REPORTS,
    mostBytes: MOST_BYTES,
    bytesOf: bytesOfColumns,
  })
  const changes = createKept<Changes>({ most: MOST_ORDERS })
  const orders = createKept<Places>({ most: MOST_ORDERS })

  function columnsOf({ reportKey }: ViewedReport): Promise<ReportColumns> {
    return reports.get(String(reportKey), () => readColumns(db, reportKey))
  }

  async function changesIn({ report, compareKey }: Viewed, window: WindowName): Promise<Changes | undefined> {
    if (compareKey === undefined) return undefined
    const name = `${report.reportKey} ${compareKey} ${window}`
    return changes.get(name, async () => readChanges(db, await columnsOf(report), compareKey, window))
  }

  /** By the rules as they are. */
  function zonesOf({ asOfMs }: ViewedReport): Promise<StoreZones> {
    return readStoreZones(db, scheduleZones, asOfMs - 1)
  }

  async function matching(report: ViewedReport, filter: RowFilter): Promise<Places> {
    return matchingPlaces(report, await columnsOf(report), filter, {
      storeKeys: await findStoreKeys(db, filter),
      zones: filter.timezone === undefined ? undefined : await zonesOf(report),
    })
  }

  async function inOrder(viewed: Viewed, query: ReportRowsQuery): Promise<Places> {
    const { report } = viewed
    const { sortBy, order } = query
    const places = await matching(report, query)
    if (sortBy === 'storeId') return order === 'ascending' ? places : places.reverse()
    const rows = {
      report,
      columns: await columnsOf(report),
      zones: sortBy === 'timezone' ? await zonesOf(report) : undefined,
      namedKeys: sortBy === 'name' ? await storeKeysByName(db) : undefined,
      changes: sortBy === 'change' ? await changesIn(viewed, query.window) : undefined,
    }
    return sortedPlaces(places, rowKeyOf(rows, sortBy), order)
  }

  return {
    async rows(viewed, query) {
      const { report } = viewed
      const { cursor, limit, ...rest } = query
      const offset = parseOffset(cursor)
      const name = JSON.stringify([viewed, rest])
      // The data that a first page is chosen by may have changed; its next pages go on in its order.
      const find = offset === 0 ? orders.renew : orders.get
      const places = await find(name, () => inOrder(viewed, query))
      const items = await listedRows(db, scheduleZones, {
        report,
        columns: await columnsOf(report),
        places: places.subarray(offset, offset + limit),
        changes: await changesIn(viewed, query.window),
      })
      const next = offset + items.length
      const nextCursor = items.length > 0 && next < places.length ? String(next) : null
      return { items, nextCursor, total: places.length }
    },

    async summary({ report, compareKey }, query) {
      const columns = await columnsOf(report)
      const places = await matching(report, query)
      const source = {
        columns,
        places,
        zones: await zonesOf(report),
        labels: await listLabels(db),
        before: compareKey === undefined ? undefined : await sumsBefore(db, columns, places, compareKey),
      }
      return summaryOf(source, query.window)
    },

    async sums(report, storeId) {
      return rowSumsOf(await columnsOf(report), await matching(report, { storeId, window: 'LastWeek' }))
    },
  }
}
