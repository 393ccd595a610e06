import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import type { StoreRules } from '../database/report-input.ts'
import { createClock, type BusinessClock } from '../incidents/business-clock.ts'
import { createZones } from '../reports/open-hours.ts'
import type { Interval } from '../uptime/interval.ts'
import { openIntervalsInZones, type Schedule, type ZoneInForce } from '../uptime/schedule.ts'

const DAY_MS = 86_400_000
/** Numbers of many schedules lie together: an array for each takes several times as much. */
const NUMBERS_AT_ONCE = 65_536
/** Of the time that is looked at mostly, and of what late polls are looked at in. */
const MOST_TIMES = 2

/** When stores are open in some time. */
export interface StoreHours {
  /** To be called before they are asked for. Throws a `conflict` AppError that names a store where its zone is not known. */
  load(db: Db, stores: readonly StoreRules[]): Promise<void>
  of(store: StoreRules): HoursOfStore
}

export interface HoursOfStore {
  readonly clock: BusinessClock
  /** One object for all stores that are in the same zones. */
  readonly zones: readonly ZoneInForce[]
}

/** Gives the hours of a time, and perhaps of some after it. */
export type HoursIn = (time: Interval) => StoreHours

/** Of schedules only that is kept: there may be a hundred thousand. */
export function createStoreHours(time: Interval): StoreHours {
  const zones = createZones(time)
  const roomFor = createRoom()
  const known = new Map<number | null, HoursOfStore>()

  function hoursOf(store: StoreRules, schedule: Schedule): HoursOfStore {
    const inForce = zones.of(store, schedule)
    const intervals = openIntervalsInZones(schedule, time, inForce)
    const open = roomFor(intervals.length)
    open.set(intervals)
    return { clock: createClock(open, roomFor), zones: inForce }
  }

  return {
    async load(db, stores) {
      const missing = stores.filter(({ scheduleKey }) => !known.has(scheduleKey))
      if (missing.length === 0) return
      const schedules = createSchedules()
      await schedules.load(db, missing)
      for (const store of missing) {
        if (!known.has(store.scheduleKey)) known.set(store.scheduleKey, hoursOf(store, schedules.of(store)))
      }
    },
    of: ({ scheduleKey }) => known.get(scheduleKey)!,
  }
}

/** Keeps what it gave: schedules never change, and time goes on slowly. */
export function createKeptHours(): HoursIn {
  let kept: readonly (Interval & { readonly hours: StoreHours })[] = []
  return ({ startMs, endMs }) => {
    const isOfIt = (one: Interval) => one.startMs === startMs && endMs <= one.endMs
    let found = kept.find(isOfIt)
    if (found === undefined) {
      const time = { startMs, endMs: (Math.floor(endMs / DAY_MS) + 1) * DAY_MS }
      found = { ...time, hours: createStoreHours(time) }
    }
    const others = kept.filter((one) => one !== found && one.startMs !== startMs)
    kept = [found, ...others].slice(0, MOST_TIMES)
    return found.hours
  }
}

function createRoom(): (length: number) => Float64Array {
  let room = new Float64Array(0)
  return (length) => {
    if (length > room.length) room = new Float64Array(Math.max(NUMBERS_AT_ONCE, length))
    const given = room.subarray(0, length)
    room = room.subarray(length)
    return given
  }
}
