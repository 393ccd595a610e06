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
  const spans: Interval[] = []
  // A date's spans may begin a day before it does in UTC and last until the end of the next one.
  const firstDate = Math.floor(within.startMs / DAY_MS) - 3
  const lastDate = Math.floor(within.endMs / DAY_MS) + 1
  for (let date = firstDate; date <= lastDate; date++) {
    const weekday = weekdayOf(date)
    for (const { day, startMs, endMs } of hours) {
      if (day !== weekday) continue
      const end = endMs >= MEANS_MIDNIGHT_MS ? DAY_MS : endMs
      spans.push({
        startMs: instantOfLocal(offsets, date * DAY_MS + startMs),
        endMs: instantOfLocal(offsets, date * DAY_MS + (end <= startMs ? end + DAY_MS : end)),
      })
    }
  }
  return mergedIntervals(spans, within)
}

/** 0 = Monday … 6 = Sunday, of a date counted in days from 1970-01-01, a Thursday. */
function weekdayOf(date: number): number {
  return (((date + 3) % 7) + 7) % 7
}
