import { percentColumns, reportColumns, uptimeHundredths } from '../../../shared/report-columns.ts'
import { stateColumns, type SortColumn, type StateColumn } from '../../../shared/row-columns.ts'
import { storeStates } from '../../../shared/store-state.ts'
import type { Words } from '../../uptime/words.ts'
import {
  lastPollAgeOffset,
  NONE,
  outageAgeOffset,
  outageMsOffset,
  statusIndexAt,
  wordOfState,
} from '../states.ts'
import { columnOf, storeKeyAt, totalAt } from '../totals.ts'
import type { Changes } from './changes.ts'
import { statesOf } from './matching-places.ts'
import type { ReportColumns, ViewedReport } from './report-columns.ts'
import { NO_VALUE, type KeyOf } from './sorted-places.ts'
import type { StoreZones } from './store-zones.ts'

/** Rows that are to be sorted, with what else is needed, as far as it is. */
export interface UnsortedRows {
  readonly report: ViewedReport
  readonly columns: ReportColumns
  readonly zones: StoreZones | undefined
  /** The keys of the stores that have a name, in the order of their names. */
  readonly namedKeys: Words | undefined
  readonly changes: Changes | undefined
}

/** The key that rows are sorted by. */
export function rowKeyOf(rows: UnsortedRows, sortBy: Exclude<SortColumn, 'storeId'>): KeyOf {
  const { totals } = rows.columns
  const state = stateColumns.find((column) => column === sortBy)
  if (state !== undefined) return keysOfStates[state](rows)
  const percent = percentColumns.find(({ key }) => key === sortBy)
  if (percent === undefined) {
    const column = reportColumns.findIndex(({ key }) => key === sortBy)
    return (place) => totalAt(totals, place, column)
  }
  const uptime = columnOf(percent.uptimeKey)
  const downtime = columnOf(percent.downtimeKey)
  return (place) => {
    const hundredths = uptimeHundredths(totalAt(totals, place, uptime), totalAt(totals, place, downtime))
    return hundredths < 0 ? NO_VALUE : hundredths
  }
}

/** In which order states are sorted: what is to be looked at first. */
const urgencyOf = storeStates.map((state) => ['down', 'unknown', 'up', 'excused', 'closed'].indexOf(state))

/** No change is less than that, in hundredths of a point. */
const LEAST_CHANGE = -10_000

const keysOfStates: Readonly<Record<StateColumn, (rows: UnsortedRows) => KeyOf>> = {
  name: byRankOfName,
  timezone:
    ({ columns, zones }) =>
    (place) =>
      zones?.numberOf(storeKeyAt(columns.totals, place)) ?? NO_VALUE,
  now: ({ report, columns }) => {
    const states = statesOf(report, columns)
    return (place) => urgencyOf[statusIndexAt(states, place)]!
  },
  downMs: ({ report, columns }) => {
    const states = statesOf(report, columns)
    return (place) => wordOfState(states, place, outageMsOffset)
  },
  since: (rows) => byAge(rows, outageAgeOffset),
  lastPoll: (rows) => byAge(rows, lastPollAgeOffset),
  change:
    ({ changes }) =>
    (place) => {
      const hundredths = changes?.hundredthsAt(place) ?? null
      return hundredths === null ? NO_VALUE : hundredths - LEAST_CHANGE
    },
}

/** The older, the earlier. */
function byAge({ report, columns }: UnsortedRows, offset: number): KeyOf {
  const states = statesOf(report, columns)
  return (place) => {
    const age = wordOfState(states, place, offset)
    return age === NONE ? NO_VALUE : NONE - 1 - age
  }
}

function byRankOfName({ columns: { totals }, namedKeys = new Uint32Array(0) }: UnsortedRows): KeyOf {
  const ranks = new Uint32Array(namedKeys.reduce((most, key) => Math.max(most, key), 0) + 1).fill(NO_VALUE)
  namedKeys.forEach((key, rank) => (ranks[key] = rank))
  return (place) => ranks[storeKeyAt(totals, place)] ?? NO_VALUE
}
