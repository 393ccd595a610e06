import { isCovered, mergedIntervals, type Interval } from '../interval.ts'
import { hourOfWeekAt } from '../periods.ts'
import { POLL_WEEK_MS } from '../poll-week.ts'
import type { ZoneInForce } from '../schedule.ts'
import { findSegments } from '../segments.ts'
import type { JudgedInput } from '../speaking-polls.ts'
import type { RevenueSample } from './hourly-revenue.ts'
import { HOURS_OF_WEEK, type OrderWeek } from './order-week.ts'

const HOUR_MS = 3_600_000
const SAMPLED_MS = 8 * POLL_WEEK_MS

/** The eight weeks before an instant, in whole hours of UTC: what revenue is judged by. */
export function sampledTime(endMs: number): Interval {
  const end = Math.floor(endMs / HOUR_MS) * HOUR_MS
  return { startMs: end - SAMPLED_MS, endMs: end }
}

/** What the orders came to in those hours of `time` in which the store was wholly up, and of which somebody has said. */
export function revenueSamples(
  input: JudgedInput & { readonly zones: readonly ZoneInForce[] },
  weeks: ReadonlyMap<number, OrderWeek>,
  time: Interval,
): RevenueSample[] {
  const up = mergedIntervals(
    findSegments(input, time).filter(({ status }) => status === 'up'),
    time,
  )
  const samples: RevenueSample[] = []
  for (const [week, { counts, hundredths }] of weeks) {
    for (let i = 0; i < HOURS_OF_WEEK; i++) {
      const startMs = week * POLL_WEEK_MS + i * HOUR_MS
      if (counts[i]! < 0 || startMs < time.startMs || startMs >= time.endMs) continue
      if (!isCovered(up, { startMs, endMs: startMs + HOUR_MS })) continue
      samples.push({ hour: hourOfWeekAt(input.zones, startMs), hundredths: hundredths[i]! })
    }
  }
  return samples
}
