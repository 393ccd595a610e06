import { zoneOfStoresWithoutOne } from '../uptime/schedule.ts'
import type { Db } from './connect.ts'
import { scheduleOfText, type StoredVersion } from './schedule-text.ts'
import { readSchedules } from './schedules.ts'

const SCHEDULES_AT_ONCE = 512

/** Tells which zone a schedule has; null of a store without one. */
export type ZoneOf = (scheduleKey: number | null) => string

export interface ScheduleZones {
  /** For schedules with these keys. */
  of(scheduleKeys: readonly (number | null)[], atMs: number): Promise<ZoneOf>
  /** For all schedules. */
  ofAll(atMs: number): Promise<ZoneOf>
}

/** The zones of schedules, each read once: a schedule never changes once it has a key. */
export function createScheduleZones(db: Db): ScheduleZones {
  const known = new Map<number | null, readonly StoredVersion<string>[]>()
  /** All that have keys up to this are known, as later ones get higher keys. */
  let knownUpTo = 0

  function zoneAt(scheduleKey: number | null, atMs: number): string {
    const zones = known.get(scheduleKey) ?? []
    // Rule 7 of docs/uptime.md: before the first version, the first.
    const inForce = zones.findLast(({ validFrom }) => validFrom === null || validFrom <= atMs) ?? zones[0]
    return inForce?.rule ?? zoneOfStoresWithoutOne
  }

  /** Some at once, as their texts are long. */
  function nextSchedules() {
    return db
      .selectFrom('schedule')
      .selectAll()
      .where('schedule_key', '>', knownUpTo)
      .orderBy('schedule_key')
      .limit(SCHEDULES_AT_ONCE)
      .execute()
  }

  return {
    async of(scheduleKeys, atMs) {
      const missing = new Set<number>()
      for (const key of scheduleKeys) if (key !== null && !known.has(key)) missing.add(key)
      for (const { scheduleKey, schedule } of await readSchedules(db, [...missing])) {
        known.set(scheduleKey, schedule.zones)
      }
      return (scheduleKey) => zoneAt(scheduleKey, atMs)
    },
    async ofAll(atMs) {
      for (let rows = await nextSchedules(); rows.length > 0; rows = await nextSchedules()) {
        for (const { schedule_key, schedule } of rows) known.set(schedule_key, scheduleOfText(schedule).zones)
        knownUpTo = rows.at(-1)!.schedule_key
      }
      return (scheduleKey) => zoneAt(scheduleKey, atMs)
    },
  }
}
