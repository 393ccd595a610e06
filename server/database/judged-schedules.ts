import type { Schedule } from '../uptime/schedule.ts'
import type { Db } from './connect.ts'
import type { StoreRules } from './report-input.ts'
import { noSchedule, type StoredDaySpan, type StoredSchedule } from './schedule-text.ts'
import { readSchedules } from './schedules.ts'

const DAY_MS = 86_400_000

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
function scheduleOf({ zones, hours, specialDays }: StoredSchedule): Schedule {
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
