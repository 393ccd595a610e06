import { AppError } from '../../../shared/app-error.ts'
import { uptimeHundredths } from '../../../shared/report-columns.ts'
import type { RowFilter } from '../../../shared/row-filter.ts'
import { storeStates } from '../../../shared/store-state.ts'
import type { Words } from '../../uptime/words.ts'
import { statusIndexAt, type PackedStates } from '../states.ts'
import { storeKeyAt, totalAt } from '../totals.ts'
import { windowColumns } from '../window-columns.ts'
import type { Places, ReportColumns, ViewedReport } from './report-columns.ts'
import type { StoreZones } from './store-zones.ts'

type Test = (place: number) => boolean

/** What the data as they are say of stores, as far as it is asked for. */
export interface KnownOfStores {
  /** Those that a text or groups are of, by key; undefined where all are. */
  readonly storeKeys: Words | undefined
  readonly zones: StoreZones | undefined
}

/** The places of the rows that match a filter. */
export function matchingPlaces(
  report: ViewedReport,
  columns: ReportColumns,
  filter: RowFilter,
  known: KnownOfStores,
): Places {
  const tests = [
    ...testsOfStore(columns, filter, known),
    ...testsOfState(report, columns, filter),
    ...testsOfUptime(columns, filter),
  ]
  const places = new Uint32Array(columns.storeCount)
  let count = 0
  for (let place = 0; place < columns.storeCount; place++) {
    if (tests.every((test) => test(place))) places[count++] = place
  }
  return count === places.length ? places : places.slice(0, count)
}

function testsOfStore({ totals }: ReportColumns, filter: RowFilter, known: KnownOfStores): Test[] {
  const tests: Test[] = []
  const { storeKeys, zones } = known
  if (storeKeys !== undefined) {
    const isWanted = new Uint8Array(storeKeys.reduce((most, key) => Math.max(most, key), 0) + 1)
    for (const key of storeKeys) isWanted[key] = 1
    tests.push((place) => isWanted[storeKeyAt(totals, place)] === 1)
  }
  if (filter.timezone !== undefined && zones !== undefined) {
    const wanted = zones.names.indexOf(filter.timezone)
    tests.push((place) => zones.numberOf(storeKeyAt(totals, place)) === wanted)
  }
  return tests
}

function testsOfState(report: ViewedReport, columns: ReportColumns, { now }: RowFilter): Test[] {
  if (now === undefined) return []
  const states = statesOf(report, columns)
  const isWanted = storeStates.map((state) => now.includes(state))
  return [(place) => isWanted[statusIndexAt(states, place)]!]
}

/** Throws a `conflict` AppError where the report was made before they were kept. */
export function statesOf({ reportId }: ViewedReport, { states }: ReportColumns): PackedStates {
  if (states !== undefined) return states
  throw new AppError(
    'conflict',
    `report ${reportId} does not know what its stores were at its as_of, as an earlier version made it: request it again`,
  )
}

function testsOfUptime({ totals }: ReportColumns, filter: RowFilter): Test[] {
  const { window, uptimeFrom: from, uptimeTo: to, observed } = filter
  const { uptime, downtime, unknown, excused } = windowColumns[window]
  const tests: Test[] = []
  if (from !== undefined || to !== undefined) {
    const isIn = rangeTest(from ?? 0, to)
    tests.push((place) => {
      const hundredths = uptimeHundredths(totalAt(totals, place, uptime), totalAt(totals, place, downtime))
      return hundredths >= 0 && isIn(hundredths / 100)
    })
  }
  if (observed !== undefined) {
    const hasBusinessTime = observed === 'never'
    tests.push((place) => {
      const observedMs = totalAt(totals, place, uptime) + totalAt(totals, place, downtime)
      const restMs = totalAt(totals, place, unknown) + totalAt(totals, place, excused)
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
