import type { Db } from '../../database/connect.ts'
import type { ScheduleZones } from '../../database/schedule-zones.ts'
import { readScheduleKeys } from '../../database/store-columns.ts'
import type { Words } from '../../uptime/words.ts'

/** The zones of all stores: each is numbered in the order of the names. */
export interface StoreZones {
  readonly names: readonly string[]
  numberOf(storeKey: number): number
}

/** The zones that are in force at an instant, by the rules as they are. */
export async function readStoreZones(db: Db, zones: ScheduleZones, atMs: number): Promise<StoreZones> {
  const scheduleOf = await readScheduleKeys(db)
  const zoneOf = await zones.ofAll(atMs)
  const isUsed = new Uint8Array(mostOf(scheduleOf) + 1)
  for (const schedule of scheduleOf) isUsed[schedule] = 1
  const zoneBySchedule = Array.from(isUsed, (used, schedule) =>
    used === 1 && schedule > 0 ? zoneOf(schedule - 1 || null) : undefined,
  )
  const names = [...new Set(zoneBySchedule)].filter((name) => name !== undefined).sort()
  const numberOfName = new Map(names.map((name, i) => [name, i]))
  const numberBySchedule = Uint16Array.from(zoneBySchedule, (name = '') => numberOfName.get(name) ?? 0)
  const numbers = new Uint16Array(scheduleOf.length)
  for (let key = 0; key < numbers.length; key++) numbers[key] = numberBySchedule[scheduleOf[key]!]!
  return { names, numberOf: (storeKey) => numbers[storeKey]! }
}

function mostOf(words: Words): number {
  let most = 0
  for (const word of words) if (word > most) most = word
  return most
}
