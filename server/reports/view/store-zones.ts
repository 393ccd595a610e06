import type { Db } from '../../database/connect.ts'
import type { ScheduleZones } from '../../database/schedule-zones.ts'
import { eachScheduleKey } from '../../database/store-columns.ts'
import { createStoreNumbers } from './store-numbers.ts'

const NONE = -1

/** The zones of all stores: each is numbered in the order of the names. */
export interface StoreZones {
  readonly names: readonly string[]
  /** undefined of a store that is no more. */
  numberOf(storeKey: number): number | undefined
}

/** The zones that are in force at an instant, by the rules as they are. */
export async function readStoreZones(db: Db, zones: ScheduleZones, atMs: number): Promise<StoreZones> {
  const zoneOf = await zones.ofAll(atMs)
  /** In the order in which they are found. */
  const found = new Map<string, number>()
  const ofSchedule = createStoreNumbers(NONE)
  const ofStore = createStoreNumbers(NONE)

  function numberOfSchedule(scheduleKey: number): number {
    const name = zoneOf(scheduleKey || null)
    const number = found.get(name) ?? found.size
    found.set(name, number)
    ofSchedule.put(scheduleKey, number)
    return number
  }

  await eachScheduleKey(db, (storeKey, scheduleKey) => {
    const known = ofSchedule.at(scheduleKey)
    ofStore.put(storeKey, known === NONE ? numberOfSchedule(scheduleKey) : known)
  })
  const names = [...found.keys()].sort()
  const places = Array.from(found.keys(), (name) => names.indexOf(name))
  return { names, numberOf: (storeKey) => places[ofStore.at(storeKey)] }
}
