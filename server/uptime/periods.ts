import { weekdayOf } from './business-hours.ts'
import type { Interval, Intervals } from './interval.ts'
import type { ZoneInForce } from './schedule.ts'
import { Temporal } from './temporal.ts'
import { offsetMsAt } from './zone-offsets.ts'

export type PeriodUnit = 'day' | 'week' | 'month' | 'hour-of-week'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The periods of the dates from one to another, both included; dates are counted in days from 1970-01-01. */
export interface Periods {
  readonly by: PeriodUnit
  readonly fromDate: number
  readonly toDate: number
}

/** The names of the periods in order: rules 23 to 25 of docs/uptime.md. */
export function periodNames(by: PeriodUnit, fromDate: number, toDate: number): readonly string[] {
  if (by === 'hour-of-week') return hoursOfTheWeek
  const names = new Set<string>()
  let date = dateOf(fromDate)
  for (let day = fromDate; day <= toDate; day++, date = date.add({ days: 1 })) {
    names.add(nameOfDate(by, date))
  }
  return [...names]
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const hoursOfTheWeek = weekdays.flatMap((day) =>
  Array.from({ length: 24 }, (_, hour) => `${day} ${String(hour).padStart(2, '0')}:00`),
)

function dateOf(days: number): Temporal.PlainDate {
  return new Temporal.PlainDate(1970, 1, 1).add({ days })
}

function nameOfDate(by: Exclude<PeriodUnit, 'hour-of-week'>, date: Temporal.PlainDate): string {
  if (by === 'day') return date.toString()
  if (by === 'month') return date.toString().slice(0, -'-01'.length)
  return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`
}

/** The instants whose local date is one of those from `fromDate` to `toDate`. */
export function timeOnDates(zones: readonly ZoneInForce[], fromDate: number, toDate: number): Intervals {
  const slots = slotsOf(zones, {
    fromDate,
    toDate,
    stepMs: (toDate + 1 - fromDate) * DAY_MS,
    periodOf: () => 0,
  })
  return Float64Array.from(slots.flatMap(({ startMs, endMs }) => [startMs, endMs]))
}

/** The local date of an instant that the zones reach to, in days since 1970-01-01: rule 23 of docs/uptime.md. */
export function localDateAt(zones: readonly ZoneInForce[], atMs: number): number {
  return Math.floor(localMsAt(zones, atMs) / DAY_MS)
}

/** Its hour of the week, 0 being Monday from 00:00. */
export function hourOfWeekAt(zones: readonly ZoneInForce[], atMs: number): number {
  return hourOfTheWeek(Math.floor(localMsAt(zones, atMs) / HOUR_MS) * HOUR_MS)
}

function localMsAt(zones: readonly ZoneInForce[], atMs: number): number {
  const { offsets } = zones.findLast(({ startMs }) => startMs <= atMs)!
  return atMs + offsetMsAt(offsets, atMs)
}

/** Time that belongs to one period. */
export interface Slot extends Interval {
  readonly period: number
}

/** How local dates and times are divided into periods: at multiples of `stepMs` from the first date on. */
export interface Calendar {
  readonly fromDate: number
  readonly toDate: number
  readonly stepMs: number
  /** `localMs`: the epoch milliseconds that the local time would have in UTC. */
  periodOf(localMs: number): number
}

export function calendarOf({ by, fromDate, toDate }: Periods): Calendar {
  const dates = { fromDate, toDate, stepMs: DAY_MS }
  if (by === 'hour-of-week') return { ...dates, stepMs: HOUR_MS, periodOf: hourOfTheWeek }
  if (by === 'day') return { ...dates, periodOf: (localMs) => localMs / DAY_MS - fromDate }
  const names = periodNames(by, fromDate, toDate)
  const placeOf = new Map(names.map((name, i) => [name, i]))
  const places = Int32Array.from({ length: toDate + 1 - fromDate }, (_, i) =>
    placeOf.get(nameOfDate(by, dateOf(fromDate + i)))!,
  )
  return { ...dates, periodOf: (localMs) => places[localMs / DAY_MS - fromDate]! }
}

function hourOfTheWeek(localMs: number): number {
  const date = Math.floor(localMs / DAY_MS)
  return weekdayOf(date) * 24 + (localMs - date * DAY_MS) / HOUR_MS
}

/** In ascending order. Slots of a period that touch are one. */
export function slotsOf(zones: readonly ZoneInForce[], calendar: Calendar): Slot[] {
  const firstMs = calendar.fromDate * DAY_MS
  const lastMs = (calendar.toDate + 1) * DAY_MS
  const slots: Slot[] = []
  for (const { startMs, endMs, offsetMs } of zones.flatMap(erasOf)) {
    const localEndMs = Math.min(endMs + offsetMs, lastMs)
    let localMs = Math.max(startMs + offsetMs, firstMs)
    while (localMs < localEndMs) {
      const step = Math.floor((localMs - firstMs) / calendar.stepMs)
      const stepStartMs = firstMs + step * calendar.stepMs
      const nextMs = Math.min(stepStartMs + calendar.stepMs, localEndMs)
      addSlot(slots, {
        startMs: localMs - offsetMs,
        endMs: nextMs - offsetMs,
        period: calendar.periodOf(stepStartMs),
      })
      localMs = nextMs
    }
  }
  return slots
}

/** The hours of the week in a window that the zones reach to. */
export function hoursOfWeekIn(zones: readonly ZoneInForce[], window: Interval): Slot[] {
  if (window.startMs >= window.endMs) return []
  const calendar = calendarOf({
    by: 'hour-of-week',
    fromDate: localDateAt(zones, window.startMs),
    toDate: localDateAt(zones, window.endMs - 1),
  })
  return slotsOf(zones, calendar).flatMap(({ startMs, endMs, period }) => {
    const slot = { startMs: Math.max(startMs, window.startMs), endMs: Math.min(endMs, window.endMs), period }
    return slot.startMs < slot.endMs ? [slot] : []
  })
}

function addSlot(slots: Slot[], slot: Slot): void {
  const last = slots.at(-1)
  const isMore = last !== undefined && last.endMs === slot.startMs && last.period === slot.period
  if (isMore) slots[slots.length - 1] = { ...slot, startMs: last.startMs }
  else slots.push(slot)
}

/** The time of a zone in force, by its offset. */
function erasOf({ startMs, endMs, offsets }: ZoneInForce): (Interval & { readonly offsetMs: number })[] {
  return offsets.offsetsMs
    .map((offsetMs, i) => ({
      startMs: Math.max(startMs, offsets.startsMs[i]!),
      endMs: Math.min(endMs, offsets.startsMs[i + 1] ?? Infinity),
      offsetMs,
    }))
    .filter((era) => era.startMs < era.endMs)
}

/** Adds how much of `time` lies in each period. */
export function addTimeInSlots(sums: Float64Array, time: Intervals, slots: readonly Slot[]): void {
  let first = 0
  for (let i = 0; i < time.length; i += 2) {
    const startMs = time[i]!
    const endMs = time[i + 1]!
    while (first < slots.length && slots[first]!.endMs <= startMs) first++
    for (let s = first; s < slots.length && slots[s]!.startMs < endMs; s++) {
      const slot = slots[s]!
      sums[slot.period]! += Math.min(slot.endMs, endMs) - Math.max(slot.startMs, startMs)
    }
  }
}
