import type { ListedRow } from '../../../shared/report-rows.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import type { Db } from '../../database/connect.ts'
import type { ScheduleZones } from '../../database/schedule-zones.ts'
import { readListedStores } from '../../database/store-columns.ts'
import { stateAt } from '../states.ts'
import { reportRowAt, storeKeyAt } from '../totals.ts'
import type { Changes } from './changes.ts'
import type { Places, ReportColumns, ViewedReport } from './report-columns.ts'

export interface RowsWanted {
  readonly report: ViewedReport
  readonly columns: ReportColumns
  readonly places: Places
  readonly changes: Changes | undefined
}

/** The rows at some places, in the order of these. */
export async function listedRows(
  db: Db,
  zones: ScheduleZones,
  { report, columns, places, changes }: RowsWanted,
): Promise<ListedRow[]> {
  const { asOfMs } = report
  const { totals, states, uncorrected } = columns
  const storeKeys = Array.from(places, (place) => storeKeyAt(totals, place))
  const stores = await readListedStores(db, storeKeys)
  const scheduleKeys = Array.from(stores.values(), ({ schedule_key }) => schedule_key)
  const zoneOf = await zones.of(scheduleKeys, asOfMs - 1)
  const before = (ageMs: number | null) => (ageMs === null ? null : formatTimestamp(asOfMs - ageMs))
  return Array.from(places, (place, i) => {
    const { store_id, name, schedule_key } = stores.get(storeKeys[i]!)!
    const state = states && stateAt(states, place)
    const change = changes?.hundredthsAt(place) ?? null
    return {
      ...reportRowAt(totals, place, store_id, uncorrected),
      name,
      timezone: zoneOf(schedule_key),
      now: state?.now ?? null,
      since: before(state?.outageAgeMs ?? null),
      sinceIsCut: state?.isCut ?? false,
      downForMs: state?.downMs ?? null,
      lastPoll: before(state?.lastPollAgeMs ?? null),
      change: change === null ? null : change / 100,
    }
  })
}
