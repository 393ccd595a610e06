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
import { statesOf } from './row-tests.ts'
import { NO_VALUE } from './sorted-places.ts'
import type { StoreZones } from './store-zones.ts'
import type { ViewedPart, ViewedReport } from './viewed-parts.ts'

/** Rows that are to be sorted, with what else is needed, as far as it is. */
export interface UnsortedRows {
  readonly report: ViewedReport
  readonly zones: StoreZones | undefined
  /** The keys of the stores that have a name, in the order of their names. */
  readonly namedKeys: Words | undefined
  readonly changes: Changes | undefined
}

/** The key that a store of a part is sorted by: a whole number from 0 to before `NO_VALUE`, or that. */
export type KeyOf = (part: ViewedPart, store: number) => number

/** The key that rows are sorted by. */
export function rowKeyOf(rows: UnsortedRows, sortBy: Exclude<SortColumn, 'storeId'>): KeyOf {
  const state = stateColumns.find((column) => column === sortBy)
  if (state !== undefined) return keysOfStates[state](rows)
  const percent = percentColumns.find(({ key }) => key === sortBy)
  if (percent === undefined) {
    const column = reportColumns.findIndex(({ key }) => key === sortBy)
    return ({ totals }, store) => totalAt(totals, store, column)
  }
  const uptime = columnOf(percent.uptimeKey)
  const downtime = columnOf(percent.downtimeKey)
  return ({ totals }, store) => {
    const hundredths = uptimeHundredths(totalAt(totals, store, uptime), totalAt(totals, store, downtime))
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
    ({ zones }) =>
    ({ totals }, store) =>
      zones?.numberOf(storeKeyAt(totals, store)) ?? NO_VALUE,
  now:
    ({ report }) =>
    (part, store) =>
      urgencyOf[statusIndexAt(statesOf(report, part), store)]!,
  downMs:
    ({ report }) =>
    (part, store) =>
      wordOfState(statesOf(report, part), store, outageMsOffset),
  since: (rows) => byAge(rows, outageAgeOffset),
  lastPoll: (rows) => byAge(rows, lastPollAgeOffset),
  change:
    ({ changes }) =>
    ({ totals }, store) => {
      const hundredths = changes?.hundredthsOf(storeKeyAt(totals, store)) ?? null
      return hundredths === null ? NO_VALUE : hundredths - LEAST_CHANGE
    },
}

const ofStates: readonly SortColumn[] = ['now', 'downMs', 'since', 'lastPoll']

/** Whether states have to be read to sort by a column. */
export function isOfStates(sortBy: SortColumn): boolean {
  return ofStates.includes(sortBy)
}

/** The older, the earlier. */
function byAge({ report }: UnsortedRows, offset: number): KeyOf {
  return (part, store) => {
    const age = wordOfState(statesOf(report, part), store, offset)
    return age === NONE ? NO_VALUE : NONE - 1 - age
  }
}

function byRankOfName({ namedKeys = new Uint32Array(0) }: UnsortedRows): KeyOf {
  const ranks = new Uint32Array(namedKeys.reduce((most, key) => Math.max(most, key), 0) + 1).fill(NO_VALUE)
  namedKeys.forEach((key, rank) => (ranks[key] = rank))
  return ({ totals }, store) => ranks[storeKeyAt(totals, store)] ?? NO_VALUE
}
