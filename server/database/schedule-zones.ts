import { sql } from 'kysely'
import { zoneOfStoresWithoutOne } from '../uptime/schedule.ts'
import type { Words } from '../uptime/words.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { numbers, numbersOf } from './number-list.ts'
import { beforeHours, zonesOfText, type StoredVersion } from './schedule-text.ts'
import { readSchedules } from './schedules.ts'

const SCHEDULES_AT_ONCE = 8192

type Zones = readonly StoredVersion<string>[]

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
  /** By key. */
  const known: Zones[] = []
  /** All that have keys up to this are known, as later ones get higher keys. */
  let knownUpTo = 0

  function zoneAt(scheduleKey: number | null, atMs: number): string {
    const zones = scheduleKey === null ? [] : (known[scheduleKey] ?? [])
    // Rule 7 of docs/uptime.md: before the first version, the first.
    const inForce = zones.findLast(({ validFrom }) => validFrom === null || validFrom <= atMs) ?? zones[0]
    return inForce?.rule ?? zoneOfStoresWithoutOne
  }

  /** Without their hours, of which there are many more than zones. */
  async function nextSchedules(): Promise<{ readonly keys: Words; readonly texts: readonly string[] }> {
    const some = db
      .selectFrom('schedule')
      .select([
        'schedule_key',
        dialectOf(db).textBefore(sql.ref<string>('schedule'), beforeHours).as('zones'),
      ])
      .where('schedule_key', '>', knownUpTo)
      .orderBy('schedule_key')
      .limit(SCHEDULES_AT_ONCE)
    const { keys, texts } = await db
      .selectFrom(some.as('some'))
      .select([numbers('schedule_key').as('keys'), sql<string | null>`string_agg(zones, '\n')`.as('texts')])
      .executeTakeFirstOrThrow()
    return { keys: numbersOf(keys), texts: texts?.split('\n') ?? [] }
  }

  return {
    async of(scheduleKeys, atMs) {
      const missing = new Set<number>()
      for (const key of scheduleKeys) if (key !== null && known[key] === undefined) missing.add(key)
      for (const { scheduleKey, schedule } of await readSchedules(db, [...missing])) {
        known[scheduleKey] = schedule.zones
      }
      return (scheduleKey) => zoneAt(scheduleKey, atMs)
    },
    async ofAll(atMs) {
      const zonesOf = new Map<string, Zones>()
      for (let some = await nextSchedules(); some.keys.length > 0; some = await nextSchedules()) {
        for (let i = 0; i < some.keys.length; i++) {
          const [key, text] = [some.keys[i]!, some.texts[i]!]
          let zones = zonesOf.get(text)
          if (zones === undefined) zonesOf.set(text, (zones = zonesOfText(text)))
          known[key] = zones
          if (key > knownUpTo) knownUpTo = key
        }
      }
      return (scheduleKey) => zoneAt(scheduleKey, atMs)
    },
  }
}
