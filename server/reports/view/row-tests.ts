import { AppError } from '../../../shared/app-error.ts'
import { uptimeHundredths } from '../../../shared/report-columns.ts'
import type { RowFilter } from '../../../shared/row-filter.ts'
import { storeStates } from '../../../shared/store-state.ts'
import type { Words } from '../../uptime/words.ts'
import { statusIndexAt, type PackedStates } from '../states.ts'
import { storeKeyAt, totalAt } from '../totals.ts'
import { windowColumns } from '../window-columns.ts'
import type { StoreZones } from './store-zones.ts'
import type { ViewedPart, ViewedReport } from './viewed-parts.ts'

/** Whether a store of a part is meant. */
export type RowTest = (part: ViewedPart, store: number) => boolean

/** What the data as they are say of stores, as far as it is asked for. */
export interface KnownOfStores {
  /** Those that a text or groups are of, by key; undefined where all are. */
  readonly storeKeys: Words | undefined
  readonly zones: StoreZones | undefined
}

/** What all hold of the rows that match a filter. */
export function rowTestsOf(report: ViewedReport, filter: RowFilter, known: KnownOfStores): RowTest[] {
  return [...testsOfStore(filter, known), ...testsOfState(report, filter), ...testsOfUptime(filter)]
}

function testsOfStore(filter: RowFilter, known: KnownOfStores): RowTest[] {
  const tests: RowTest[] = []
  const { storeKeys, zones } = known
  if (storeKeys !== undefined) {
    const isWanted = new Uint8Array(storeKeys.reduce((most, key) => Math.max(most, key), 0) + 1)
    for (const key of storeKeys) isWanted[key] = 1
    tests.push(({ totals }, store) => isWanted[storeKeyAt(totals, store)] === 1)
  }
  if (filter.timezone !== undefined && zones !== undefined) {
    const wanted = zones.names.indexOf(filter.timezone)
    tests.push(({ totals }, store) => zones.numberOf(storeKeyAt(totals, store)) === wanted)
  }
  return tests
}

function testsOfState(report: ViewedReport, { now }: RowFilter): RowTest[] {
  if (now === undefined) return []
  const isWanted = storeStates.map((state) => now.includes(state))
  return [(part, store) => isWanted[statusIndexAt(statesOf(report, part), store)]!]
}

/** Throws a `conflict` AppError where the report was made before they were kept. */
export function statesOf({ reportId }: ViewedReport, { states }: ViewedPart): PackedStates {
  if (states !== undefined) return states
  throw new AppError(
    'conflict',
    `report ${reportId} does not know what its stores were at its as_of, as an earlier version made it: request it again`,
  )
}

function testsOfUptime(filter: RowFilter): RowTest[] {
  const { window, uptimeFrom: from, uptimeTo: to, observed } = filter
  const { uptime, downtime, unknown, excused } = windowColumns[window]
  const tests: RowTest[] = []
  if (from !== undefined || to !== undefined) {
    const isIn = rangeTest(from ?? 0, to)
    tests.push(({ totals }, store) => {
      const hundredths = uptimeHundredths(totalAt(totals, store, uptime), totalAt(totals, store, downtime))
      return hundredths >= 0 && isIn(hundredths / 100)
    })
  }
  if (observed !== undefined) {
    const hasBusinessTime = observed === 'never'
    tests.push(({ totals }, store) => {
      const observedMs = totalAt(totals, store, uptime) + totalAt(totals, store, downtime)
      const restMs = totalAt(totals, store, unknown) + totalAt(totals, store, excused)
      return observedMs === 0 && restMs > 0 === hasBusinessTime
    })
  }
  return tests
}

function rangeTest(from: number, to: number | undefined): (percent: number) => boolean {
  if (to === undefined) return (percent) => percent >= from
  if (to === from) return (percent) => percent === from
  return (percent) => percent >= from && percent < to
}
