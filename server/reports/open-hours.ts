import { AppError } from '../../shared/app-error.ts'
import { defaultTimezone, type WeeklySpan } from '../../shared/store.ts'
import type { Db } from '../database/connect.ts'
import { readBusinessHours, type StoreRules } from '../database/report-input.ts'
import { openIntervals, type WeeklyHours } from '../uptime/business-hours.ts'
import type { Interval, Intervals } from '../uptime/interval.ts'
import { zoneOffsets, type ZoneOffsets } from '../uptime/zone-offsets.ts'

/** Business hours of a date reach two days further; a day more for the zone's own offset. */
const ZONE_MARGIN_MS = 3 * 86_400_000

export interface BusinessHours {
  /** Reads the rules that the stores have and that are not known yet. */
  load(db: Db, stores: readonly StoreRules[]): Promise<void>
  /** A store's weekly rule; null where it is always open. */
  of(store: StoreRules): readonly WeeklyHours[] | null
}

/** The weekly rules by key, each read once: a rule never changes once it has a key. */
export function createBusinessHours(): BusinessHours {
  const known = new Map<number, readonly WeeklyHours[]>()
  return {
    async load(db, stores) {
      const missing = new Set<number>()
      for (const { businessHoursKey: key } of stores) if (key !== null && !known.has(key)) missing.add(key)
      if (missing.size === 0) return
      for (const { businessHoursKey, spans } of await readBusinessHours(db, [...missing])) {
        known.set(businessHoursKey, spans.map(weeklyHours))
      }
    },
    of: (store) => (store.businessHoursKey === null ? null : known.get(store.businessHoursKey)!),
  }
}

function weeklyHours({ day, start, end }: WeeklySpan): WeeklyHours {
  return { day, startMs: timeOfDayMs(start), endMs: timeOfDayMs(end) }
}

/** `HH:MM:SS` in milliseconds. */
function timeOfDayMs(text: string): number {
  const part = (at: number) => Number(text.slice(at, at + 2))
  return ((part(0) * 60 + part(3)) * 60 + part(6)) * 1000
}

/**
 * Tells when stores are open within `time`: computed once for all stores of the same rule and zone. Throws a `conflict`
 * AppError that names the store where its zone is not known.
 */
export function createOpenHours(
  time: Interval,
): (store: StoreRules, hours: readonly WeeklyHours[] | null) => Intervals {
  const zones = new Map<string, { offsets: ZoneOffsets; open: Map<number | null, Intervals> }>()
  return (store, hours) => {
    const timezone = timezoneOf(store)
    let zone = zones.get(timezone)
    if (!zone) zones.set(timezone, (zone = { offsets: offsetsOf(timezone, time, store), open: new Map() }))
    let open = zone.open.get(store.businessHoursKey)
    if (!open) zone.open.set(store.businessHoursKey, (open = openIntervals(hours, zone.offsets, time)))
    return open
  }
}

/** Rule 2 of docs/uptime.md. */
function timezoneOf({ timezone }: StoreRules): string {
  return timezone ?? defaultTimezone
}

function offsetsOf(timezone: string, time: Interval, { storeId }: StoreRules): ZoneOffsets {
  try {
    return zoneOffsets(timezone, time.startMs - ZONE_MARGIN_MS, time.endMs + ZONE_MARGIN_MS)
  } catch (error) {
    throw new AppError(
      'conflict',
      `store ${storeId} has the timezone "${timezone}", which this version of Node.js does not know: import another for it`,
      { cause: error },
    )
  }
}
