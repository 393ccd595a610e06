import type { ListedRow } from '../../../shared/report-rows.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import type { Db } from '../../database/connect.ts'
import type { ScheduleZones } from '../../database/schedule-zones.ts'
import { readListedStores } from '../../database/store-columns.ts'
import { stateAt } from '../states.ts'
import { reportRowAt, storeKeyAt } from '../totals.ts'
import type { Changes } from './changes.ts'
import type { FoundRows } from './packed-rows.ts'

interface RowsToList extends FoundRows {
  readonly asOfMs: number
  readonly changes: Changes | undefined
}

export async function listedRows(
  db: Db,
  zones: ScheduleZones,
  { asOfMs, rows: { totals, states, uncorrected }, from, to, changes }: RowsToList,
): Promise<ListedRow[]> {
  const storeKeys = Array.from({ length: to - from }, (_, i) => storeKeyAt(totals, from + i))
  const stores = await readListedStores(db, storeKeys)
  const scheduleKeys = Array.from(stores.values(), ({ schedule_key }) => schedule_key)
  const zoneOf = await zones.of(scheduleKeys, asOfMs - 1)
  const before = (ageMs: number | null) => (ageMs === null ? null : formatTimestamp(asOfMs - ageMs))
  return storeKeys.map((storeKey, i) => {
    const { store_id, name, schedule_key } = stores.get(storeKey)!
    const state = states && stateAt(states, from + i)
    const change = changes?.hundredthsOf(storeKey) ?? null
    return {
      ...reportRowAt(totals, from + i, store_id, uncorrected),
      name,
      timezone: zoneOf(schedule_key),
      now: state?.now ?? null,
      since: before(state?.outageAgeMs ?? null),
      sinceIsCut: state?.isCut ?? false,
      downForMs: state?.downMs ?? null,
      lastPoll: before(state?.lastPollAgeMs ?? null),
      change: change === null ? null : change / 100,
      salesAtRisk: null,
    }
  })
}
