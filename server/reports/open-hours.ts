import { AppError } from '../../shared/app-error.ts'
import type { Db } from '../database/connect.ts'
import type { StoreRules } from '../database/report-input.ts'
import { readSchedules } from '../database/schedules.ts'
import { noSchedule, type StoredDaySpan, type StoredSchedule } from '../database/schedule-text.ts'
import type { Interval, Intervals } from '../uptime/interval.ts'
import { openIntervalsOf, zonesInForce, type Schedule, type ZoneInForce } from '../uptime/schedule.ts'
import { zoneOffsets, type ZoneOffsets } from '../uptime/zone-offsets.ts'

const DAY_MS = 86_400_000
/** Business hours of a date reach two days further; a day more for the zone's own offset. */
const ZONE_MARGIN_MS = 3 * DAY_MS

export interface Schedules {
  /** Reads the schedules that the stores have and that are not known yet. */
  load(db: Db, stores: readonly StoreRules[]): Promise<void>
  of(store: Pick<StoreRules, 'scheduleKey'>): Schedule
}

/** Schedules by key, each read once: one never changes once it has a key. */
export function createSchedules(): Schedules {
  const known = new Map<number | null, Schedule>([[null, scheduleOf(noSchedule)]])
  return {
    async load(db, stores) {
      const missing = new Set<number>()
      for (const { scheduleKey: key } of stores) if (key !== null && !known.has(key)) missing.add(key)
      if (missing.size === 0) return
      for (const { scheduleKey, schedule } of await readSchedules(db, [...missing])) {
        known.set(scheduleKey, scheduleOf(schedule))
      }
    },
    of: ({ scheduleKey }) => known.get(scheduleKey)!,
  }
}

/** A schedule as the core has it. */
export function scheduleOf({ zones, hours, specialDays }: StoredSchedule): Schedule {
  return {
    zones: zones.map(({ validFrom, rule }) => ({ validFromMs: validFrom ?? -Infinity, rule })),
    hours: hours.map(({ validFrom, rule }) => ({
      validFromMs: validFrom ?? -Infinity,
      rule: rule.map(({ day, ...span }) => ({ day, ...daySpanOf(span) })),
    })),
    specialDays: specialDays.map(({ date, spans }) => ({
      date: Date.parse(date) / DAY_MS,
      spans: spans.map(daySpanOf),
    })),
  }
}

function daySpanOf({ start, end }: StoredDaySpan): { startMs: number; endMs: number } {
  return { startMs: timeOfDayMs(start), endMs: timeOfDayMs(end) }
}

/** `HH:MM:SS` in milliseconds. */
function timeOfDayMs(text: string): number {
  const part = (at: number) => Number(text.slice(at, at + 2))
  return ((part(0) * 60 + part(3)) * 60 + part(6)) * 1000
}

export interface OpenHours {
  /** When a store is open. Throws a `conflict` AppError that names the store where its zone is not known. */
  of(store: StoreRules, schedule: Schedule): Intervals
  /** Which zone a store is in when; throws as `of`. */
  zonesOf(store: StoreRules, schedule: Schedule): readonly ZoneInForce[]
}

/** Tells when stores are open within `time`: computed once for all stores of the same schedule. */
export function createOpenHours(time: Interval): OpenHours {
  const zones = new Map<string, ZoneOffsets>()
  const known = new Map<number | null, { open: Intervals; zones?: readonly ZoneInForce[] }>()

  function offsetsFor({ storeId }: StoreRules): (timezone: string) => ZoneOffsets {
    return (timezone) => {
      let offsets = zones.get(timezone)
      if (!offsets) zones.set(timezone, (offsets = offsetsOf(timezone, time, storeId)))
      return offsets
    }
  }

  function entryOf(store: StoreRules, schedule: Schedule) {
    let entry = known.get(store.scheduleKey)
    if (!entry) {
      entry = { open: openIntervalsOf(schedule, time, offsetsFor(store)) }
      known.set(store.scheduleKey, entry)
    }
    return entry
  }

  return {
    of: (store, schedule) => entryOf(store, schedule).open,
    zonesOf(store, schedule) {
      const entry = entryOf(store, schedule)
      return (entry.zones ??= zonesInForce(schedule, time, offsetsFor(store)))
    },
  }
}

function offsetsOf(timezone: string, time: Interval, storeId: string): ZoneOffsets {
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
