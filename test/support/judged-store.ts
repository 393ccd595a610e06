import type { Interpolation } from '../../shared/interpolation.ts'
import { reportWindows } from '../../shared/report-columns.ts'
import { openIntervals, type WeeklyHours } from '../../server/uptime/business-hours.ts'
import type { Interval, Intervals } from '../../server/uptime/interval.ts'
import { pollWeekOf, pollWord, type PollWeek } from '../../server/uptime/poll-week.ts'
import { sortedWeek } from './sorted-week.ts'
import { createJudge, pollWeeksOf, relevantTime, type Viewpoint } from '../../server/uptime/store-uptime.ts'
import type { Tally } from '../../server/uptime/tally.ts'
import { zoneOffsets, type ZoneOffsets } from '../../server/uptime/zone-offsets.ts'
import { parseTimestamp } from '../../shared/timestamp.ts'
import { correctionsOf } from '../../server/uptime/corrections.ts'
import {
  openIntervalsInZones,
  openIntervalsOf,
  zonesInForce,
  type ZoneInForce,
} from '../../server/uptime/schedule.ts'
import type { JudgedInput } from '../../server/uptime/speaking-polls.ts'
import type { DetailedStore, Poll, Store } from './slow-twin.ts'

const DAY_MS = 86_400_000

export const windowLengthsMs: readonly number[] = reportWindows.map(({ lengthMs }) => lengthMs)
const longestWindowMs = Math.max(...windowLengthsMs)

/** The core's answer for one store from end to end: last hour, last day, last week. */
export function judgedStore(store: Store, viewpoint: Viewpoint): Tally[] {
  return judgeOf(viewpoint)(store)
}

/** The core, ready to judge one store after the other. */
export function judgeOf(viewpoint: Viewpoint): (store: Store) => Tally[] {
  const time = relevantTime(viewpoint, longestWindowMs)
  const judge = createJudge(viewpoint, windowLengthsMs)
  return (store) => judge(openOf(store, time), pollWeeks(store.polls, time))
}

/** The core's open intervals of a store. */
export function openOf({ timezone, hours }: Omit<Store, 'polls'>, within: Interval): Intervals {
  const offsets = zoneOffsets(timezone, within.startMs - 2 * DAY_MS, within.endMs + 2 * DAY_MS)
  return openIntervals(hours, offsets, within)
}

/** The same for a store with versions, special days and corrections. */
export function judgedDetailedStore(store: DetailedStore, viewpoint: Viewpoint): Tally[] {
  const time = relevantTime(viewpoint, longestWindowMs)
  const judge = createJudge(viewpoint, windowLengthsMs)
  const open = openIntervalsOf(store.schedule, time, offsetsAround(time))
  return judge(open, pollWeeks(store.polls, time), correctionsOf(store.corrections))
}

/** The offsets of zones, as far around a time as schedules need them. */
export function offsetsAround({ startMs, endMs }: Interval): (timezone: string) => ZoneOffsets {
  return (timezone) => zoneOffsets(timezone, startMs - 3 * DAY_MS, endMs + 3 * DAY_MS)
}

function pollWeeks(polls: readonly Poll[], time: Interval): PollWeek[] {
  const wordsOf = Map.groupBy(polls, ({ atMs }) => pollWeekOf(atMs))
  return pollWeeksOf(time).map((week) => {
    const ingested = (wordsOf.get(week) ?? []).map(({ atMs, active }) => pollWord(atMs, active))
    const words = sortedWeek(Uint32Array.from(ingested))
    return { week, words, from: 0, to: words.length }
  })
}

/** A store in UTC that is always open, unless said otherwise. */
export function aStore(parts: Partial<Store> = {}): Store {
  return { timezone: 'UTC', hours: null, polls: [], ...parts }
}

export function polled(status: 'active' | 'inactive', at: string): Poll {
  return { atMs: ms(at), active: status === 'active' }
}

/** `hours('daily', '09:00-17:00')`; 0 = Monday. */
export function hours(days: 'daily' | readonly number[], ...spans: readonly string[]): WeeklyHours[] {
  return (days === 'daily' ? [0, 1, 2, 3, 4, 5, 6] : days).flatMap((day) =>
    spans.map((span) => {
      const [start, end] = span.split('-')
      return { day, startMs: localTimeMs(start!), endMs: localTimeMs(end!) }
    }),
  )
}

/** `HH:MM` or `HH:MM:SS` since midnight. */
export function localTimeMs(text: string): number {
  const [hour, minute, second = 0] = text.split(':').map(Number)
  return ((hour! * 60 + minute!) * 60 + second) * 1000
}

export function viewpoint(
  asOf: string,
  policy: { interpolation?: Interpolation; reachMs?: number } = {},
): Viewpoint {
  return { asOfMs: ms(asOf), interpolation: 'nearest', reachMs: DAY_MS, ...policy }
}

/** A timestamp in epoch milliseconds; throws where it is none. */
export function ms(timestamp: string): number {
  const epochMs = parseTimestamp(timestamp)
  if (Number.isNaN(epochMs)) throw new Error(`"${timestamp}" is not a timestamp`)
  return epochMs
}

/** All that the core judges a store by, over `time`. */
export function judgedInput(
  store: DetailedStore,
  viewpoint: Viewpoint,
  time: Interval,
): JudgedInput & { readonly zones: readonly ZoneInForce[] } {
  const zones = zonesInForce(store.schedule, time, offsetsAround(time))
  return {
    zones,
    open: openIntervalsInZones(store.schedule, time, zones),
    weeks: pollWeeks(store.polls, time),
    viewpoint,
    corrections: correctionsOf(store.corrections),
  }
}
