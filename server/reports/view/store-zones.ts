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
  const { storeKeys, scheduleKeys } = await readScheduleKeys(db)
  const zoneOf = await zones.ofAll(atMs)
  const isUsed = new Uint8Array(mostOf(scheduleKeys) + 1)
  for (const key of scheduleKeys) isUsed[key] = 1
  const zoneBySchedule = Array.from(isUsed, (used, key) => (used === 1 ? zoneOf(key || null) : undefined))
  const names = [...new Set(zoneBySchedule)].filter((name) => name !== undefined).sort()
  const numberOfName = new Map(names.map((name, i) => [name, i]))
  const numberBySchedule = Uint16Array.from(zoneBySchedule, (name = '') => numberOfName.get(name) ?? 0)
  const numbers = new Uint16Array(mostOf(storeKeys) + 1)
  for (let i = 0; i < storeKeys.length; i++) numbers[storeKeys[i]!] = numberBySchedule[scheduleKeys[i]!]!
  return { names, numberOf: (storeKey) => numbers[storeKey]! }
}

function mostOf(words: Words): number {
  let most = 0
  for (const word of words) if (word > most) most = word
  return most
}
