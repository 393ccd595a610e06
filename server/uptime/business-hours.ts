import { mergedIntervals, type Interval, type Intervals } from './interval.ts'
import { instantOfLocal, type ZoneOffsets } from './zone-offsets.ts'

const DAY_MS = 86_400_000
/** An end from here on means midnight: real exports write 23:59:00 and 23:59:59 for it. */
const MEANS_MIDNIGHT_MS = (23 * 60 + 59) * 60_000

/** A span of a weekly rule, in local time. */
export interface WeeklyHours {
  /** 0 = Monday … 6 = Sunday. */
  readonly day: number
  /** Since local midnight. */
  readonly startMs: number
  /** Since local midnight, as the rule has it: 24:00 is 86 400 000, and an end at or before the start is on the next day. */
  readonly endMs: number
}

/** Open all the time, as a weekly rule. */
export const everyDay: readonly WeeklyHours[] = [0, 1, 2, 3, 4, 5, 6].map((day) => ({
  day,
  startMs: 0,
  endMs: DAY_MS,
}))

/**
 * When a store is open within `within`: rules 1 and 3 to 6 of docs/uptime.md. `null` hours mean always. `offsets` must
 * reach two days beyond `within` on both sides.
 */
export function openIntervals(
  hours: readonly WeeklyHours[] | null,
  offsets: ZoneOffsets,
  within: Interval,
): Intervals {
  if (hours === null) return Float64Array.of(within.startMs, within.endMs)
  return mergedIntervals(weeklySpans(hours, offsets, within), within)
}

/** Every span of weekly hours that may touch `within`, but for those of the dates left out. Some may be empty. */
export function weeklySpans(
  hours: readonly WeeklyHours[],
  offsets: ZoneOffsets,
  within: Interval,
  isLeftOut: (date: number) => boolean = () => false,
): Interval[] {
  const spans: Interval[] = []
  // A date's spans may begin a day before it does in UTC and last until the end of the next one.
  const firstDate = Math.floor(within.startMs / DAY_MS) - 3
  const lastDate = Math.floor(within.endMs / DAY_MS) + 1
  for (let date = firstDate; date <= lastDate; date++) {
    if (isLeftOut(date)) continue
    const weekday = weekdayOf(date)
    for (const row of hours) if (row.day === weekday) spans.push(spanOnDate(date, row, offsets))
  }
  return spans
}

/** Rules 3 to 5 of docs/uptime.md, for a span that starts on a date, counted in days from 1970-01-01. */
export function spanOnDate(
  date: number,
  { startMs, endMs }: Pick<WeeklyHours, 'startMs' | 'endMs'>,
  offsets: ZoneOffsets,
): Interval {
  const end = endMs >= MEANS_MIDNIGHT_MS ? DAY_MS : endMs
  return {
    startMs: instantOfLocal(offsets, date * DAY_MS + startMs),
    endMs: instantOfLocal(offsets, date * DAY_MS + (end <= startMs ? end + DAY_MS : end)),
  }
}

/** 0 = Monday … 6 = Sunday, of a date counted in days from 1970-01-01, a Thursday. */
export function weekdayOf(date: number): number {
  return (((date + 3) % 7) + 7) % 7
}
