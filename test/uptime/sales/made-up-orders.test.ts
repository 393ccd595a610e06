import { expect, test } from 'vitest'
import { calendarOf, slotsOf } from '../../../server/uptime/periods.ts'
import { downHoursIn } from '../../../server/uptime/sales/down-hours.ts'
import { revenueOfStore } from '../../../server/uptime/sales/hourly-revenue.ts'
import { revenueSamples, sampledTime } from '../../../server/uptime/sales/revenue-samples.ts'
import { salesAtRisk } from '../../../server/uptime/sales/sales-at-risk.ts'
import { inTwoDigits, type SalesRange } from '../../../shared/sales-range.ts'
import { judgedInput, ms, viewpoint } from '../../support/judged-store.ts'
import { madeUp, type MadeUp, type MadeUpOptions } from '../../support/made-up-orders.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const end = '2023-01-30T00:00Z'
const endMs = ms(end)
const by = viewpoint(end)

/** With every digit. */
function rangeOf({ store, orders }: MadeUp): SalesRange {
  const time = sampledTime(endMs)
  const input = judgedInput(store, by, { startMs: time.startMs - 5 * DAY_MS, endMs: endMs + 1 })
  const toDate = endMs / DAY_MS - 1
  const slots = slotsOf(input.zones, calendarOf({ by: 'hour-of-week', fromDate: toDate - 6, toDate }))
  const samples = revenueSamples(input, orders, time)
  const revenue = revenueOfStore({ samples, given: undefined, ofGroup: undefined, average: undefined })
  return salesAtRisk(downHoursIn(input, slots), revenue, 0).range!
}

interface Held {
  /** How many weeks have what was lost in their range. */
  readonly weeks: number
  /** How wide ranges are on average, in parts of their middle. */
  readonly width: number
}

function heldOf(weeks: number, options: Omit<MadeUpOptions, 'seed' | 'endMs'>): Held {
  let held = 0
  let widths = 0
  for (let seed = 1; seed <= weeks; seed++) {
    const week = madeUp({ ...options, seed, endMs })
    const exact = rangeOf(week)
    const { low, high } = inTwoDigits(exact)
    const lost = week.lostHundredths / 100
    if (low <= lost && lost <= high) held++
    widths += (exact.high - exact.low) / exact.middle
  }
  return { weeks: held, width: widths / weeks }
}

const MINUTE_MS = 60_000

/** The width is what a range of use is not beyond. */
test.each([
  { every: 5, outages: 1, longest: 2, width: 1.7 },
  { every: 5, outages: 1, longest: 5, width: 1.3 },
  { every: 5, outages: 4, longest: 5, width: 0.7 },
  { every: 15, outages: 1, longest: 3, width: 1.7 },
  { every: 30, outages: 1, longest: 3, width: 1.9 },
  { every: 30, outages: 2, longest: 3, width: 1.6 },
  { every: 60, outages: 1, longest: 2, width: 3.2 },
  { every: 60, outages: 1, longest: 5, width: 2 },
  { every: 60, outages: 4, longest: 5, width: 1.3 },
])(
  'the range holds what was lost in at least nine of ten weeks: polls about every $every min, outages of up to $longest h, $outages in the week',
  { timeout: 60_000 },
  ({ every, outages, longest, width }) => {
    const held = heldOf(150, {
      pollEveryMs: every * MINUTE_MS,
      outages,
      shortestMs: HOUR_MS * 1.2,
      longestMs: longest * HOUR_MS,
    })
    expect(held.weeks).toBeGreaterThanOrEqual(135)
    expect(held.width).toBeLessThan(width)
  },
)
