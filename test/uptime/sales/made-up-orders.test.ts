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

function rangeOf({ store, orders }: MadeUp): SalesRange {
  const time = sampledTime(endMs)
  const input = judgedInput(store, by, { startMs: time.startMs - 5 * DAY_MS, endMs: endMs + 1 })
  const toDate = endMs / DAY_MS - 1
  const slots = slotsOf(input.zones, calendarOf({ by: 'hour-of-week', fromDate: toDate - 6, toDate }))
  const samples = revenueSamples(input, orders, time)
  const revenue = revenueOfStore({ samples, given: undefined, ofGroup: undefined, average: undefined })
  return inTwoDigits(salesAtRisk(downHoursIn(input, slots), revenue, 0).range!)
}

/** How many of so many weeks have what was lost in their range. */
function weeksHeld(weeks: number, options: Omit<MadeUpOptions, 'seed' | 'endMs'>): number {
  let held = 0
  for (let seed = 1; seed <= weeks; seed++) {
    const week = madeUp({ ...options, seed, endMs })
    const { low, high } = rangeOf(week)
    const lost = week.lostHundredths / 100
    if (low <= lost && lost <= high) held++
  }
  return held
}

test.each([
  ['polls about every hour, an outage of one to five hours', HOUR_MS, 1, 5],
  ['polls about every hour, four of them', HOUR_MS, 4, 5],
])('the range holds what was lost in at least nine of ten weeks: %s', (_, pollEveryMs, outages, longest) => {
  const held = weeksHeld(100, {
    pollEveryMs,
    outages,
    shortestMs: HOUR_MS * 1.2,
    longestMs: longest * HOUR_MS,
  })
  expect(held).toBeGreaterThanOrEqual(90)
})
