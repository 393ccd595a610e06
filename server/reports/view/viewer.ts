import type { ListedRowPage, ReportRowsQuery } from '../../../shared/report-rows.ts'
import type { ReportSummaryQuery } from '../../../shared/report-summary.ts'
import type { WindowName } from '../../../shared/row-columns.ts'
import type { RowFilter } from '../../../shared/row-filter.ts'
import type { Db } from '../../database/connect.ts'
import { createScheduleZones } from '../../database/schedule-zones.ts'
import { findStoreKeys, listLabels, storeKeysByName } from '../../database/store-columns.ts'
import { parseOffset } from '../rows.ts'
import { storeKeyAt } from '../totals.ts'
import { readChanges, type Changes } from './changes.ts'
import { eachStore, type StoresToTake } from './each-store.ts'
import { createKept } from './kept.ts'
import { listedRows } from './listed-rows.ts'
import { orderedPlaces } from './ordered-places.ts'
import { createReadRows } from './packed-rows.ts'
import { isOfStates, rowKeyOf } from './row-order.ts'
import { rowTestsOf, type RowTest } from './row-tests.ts'
import { createStoreNumbers } from './store-numbers.ts'
import { readStoreZones, type StoreZones } from './store-zones.ts'
import { createSummary, type SummaryFigures } from './summary.ts'
import { addTotals, noSums, rowSumsOf, type RowSums, type Sums } from './sums.ts'
import {
  readReportParts,
  type Places,
  type ReportParts,
  type ViewedPart,
  type ViewedReport,
} from './viewed-parts.ts'

const MOST_REPORTS = 4
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

/** Looks at complete reports by window, a part at a time, and keeps in memory in which order rows were of late. */
export function createViewer(db: Db): Viewer {
  const scheduleZones = createScheduleZones(db)
  const parts = createKept<ReportParts>(MOST_REPORTS)
  const changes = createKept<Changes>(MOST_ORDERS)
  const orders = createKept<Places>(MOST_ORDERS)
  const readRows = createReadRows(db)

  function partsOf(reportKey: number): Promise<ReportParts> {
    return parts.get(String(reportKey), () => readReportParts(db, reportKey))
  }

  async function changesIn({ report, compareKey }: Viewed, window: WindowName): Promise<Changes | undefined> {
    if (compareKey === undefined) return undefined
    const { reportKey } = report
    const name = `${reportKey} ${compareKey} ${window}`
    const reports = [await partsOf(reportKey), await partsOf(compareKey)] as const
    return changes.get(name, () => readChanges(db, reports, window))
  }

  /** By the rules as they are. */
  function zonesOf({ asOfMs }: ViewedReport): Promise<StoreZones> {
    return readStoreZones(db, scheduleZones, asOfMs - 1)
  }

  async function storesThat(
    reportKey: number,
    tests: readonly RowTest[],
    withStates: boolean,
  ): Promise<StoresToTake> {
    return { of: await partsOf(reportKey), tests, withStates }
  }

  async function testsOf(report: ViewedReport, filter: RowFilter): Promise<RowTest[]> {
    return rowTestsOf(report, filter, {
      storeKeys: await findStoreKeys(db, filter),
      zones: filter.timezone === undefined ? undefined : await zonesOf(report),
    })
  }

  async function inOrder(viewed: Viewed, query: ReportRowsQuery): Promise<Places> {
    const { report } = viewed
    const { sortBy, order } = query
    const withStates = query.now !== undefined || isOfStates(sortBy)
    const stores = await storesThat(report.reportKey, await testsOf(report, query), withStates)
    if (sortBy === 'storeId') return orderedPlaces(db, { ...stores, keyOf: undefined, order })
    const rows = {
      report,
      zones: sortBy === 'timezone' ? await zonesOf(report) : undefined,
      namedKeys: sortBy === 'name' ? await storeKeysByName(db) : undefined,
      changes: sortBy === 'change' ? await changesIn(viewed, query.window) : undefined,
    }
    return orderedPlaces(db, { ...stores, keyOf: rowKeyOf(rows, sortBy), order })
  }

  /** The sums of the stores with some keys, in another report. */
  async function sumsOf(reportKey: number, isMeant: (storeKey: number) => boolean): Promise<Sums> {
    const sums = noSums()
    const test = ({ totals }: ViewedPart, store: number) => isMeant(storeKeyAt(totals, store))
    await eachStore(db, await storesThat(reportKey, [test], false), ({ totals }, store) =>
      addTotals(sums, totals, store),
    )
    return sums
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
      const next = Math.min(offset + limit, places.length)
      const { reportKey, asOfMs } = report
      const items = await listedRows(db, scheduleZones, {
        ...(await readRows(await partsOf(reportKey), { places, from: offset, to: next })),
        asOfMs,
        changes: await changesIn(viewed, query.window),
      })
      const nextCursor = items.length > 0 && next < places.length ? String(next) : null
      return { items, nextCursor, total: places.length }
    },

    async summary({ report, compareKey }, query) {
      const made = createSummary(await zonesOf(report), query.window)
      const isMeant = createStoreNumbers(0)
      const stores = await storesThat(report.reportKey, await testsOf(report, query), true)
      await eachStore(db, stores, (part, store) => {
        made.add(part, store)
        if (compareKey !== undefined) isMeant.put(storeKeyAt(part.totals, store), 1)
      })
      const isSame = (storeKey: number) => isMeant.at(storeKey) === 1
      return made.figures({
        labels: await listLabels(db),
        before: compareKey === undefined ? undefined : await sumsOf(compareKey, isSame),
      })
    },

    async sums(report, storeId) {
      const sums = noSums()
      let count = 0
      const tests = await testsOf(report, { storeId, window: 'LastWeek' })
      await eachStore(db, await storesThat(report.reportKey, tests, false), ({ totals }, store) => {
        count++
        addTotals(sums, totals, store)
      })
      return rowSumsOf(count, sums)
    },
  }
}
