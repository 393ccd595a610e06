import { isCovered, type Interval, type Intervals } from '../interval.ts'
import { hourOfWeekAt } from '../periods.ts'
import { POLL_WEEK_MS } from '../poll-week.ts'
import type { ZoneInForce } from '../schedule.ts'
import { judgementOf, walkSegments } from '../segments.ts'
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
  const up = timeUp(input, time)
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

/** Without an object for each of many segments. */
function timeUp(input: JudgedInput, { startMs, endMs }: Interval): Intervals {
  const window = { startMs, endMs: Math.min(endMs, input.viewpoint.asOfMs) }
  const flat: number[] = []
  if (window.startMs >= window.endMs) return new Float64Array(0)
  walkSegments(judgementOf(input), window, (fromMs, toMs, status) => {
    if (status !== 'up') return
    if (flat.at(-1) === fromMs) flat[flat.length - 1] = toMs
    else flat.push(fromMs, toMs)
  })
  return Float64Array.from(flat)
}
