import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarOf, slotsOf } from '../../../server/uptime/periods.ts'
import { downHoursIn, type DownHours } from '../../../server/uptime/sales/down-hours.ts'
import { revenueOfStore } from '../../../server/uptime/sales/hourly-revenue.ts'
import { salesAtRisk } from '../../../server/uptime/sales/sales-at-risk.ts'
import type { SalesRange } from '../../../shared/sales-range.ts'
import type { Viewpoint } from '../../../server/uptime/store-uptime.ts'
import { aStore, hours, judgedInput, ms, polled, viewpoint } from '../../support/judged-store.ts'
import { slowOutages, withSchedule, type DetailedStore } from '../../support/slow-twin.ts'
import { aRecentScenario } from '../scenario.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const known = { samples: [], ofGroup: undefined, average: undefined }
const hundredAnHour = revenueOfStore({ ...known, given: [10_000] })

function near(range: SalesRange): unknown {
  const close = (value: number) => expect.closeTo(value, 6) as unknown
  return { low: close(range.low), middle: close(range.middle), high: close(range.high) }
}

function downHours(store: DetailedStore, by: Viewpoint, fromDate: number, toDate: number): DownHours {
  const { zones, ...input } = judgedInput(store, by, {
    startMs: (fromDate - 1) * DAY_MS - 4 * by.reachMs,
    endMs: Math.min((toDate + 2) * DAY_MS + 4 * by.reachMs, by.asOfMs + 1),
  })
  return downHoursIn(input, slotsOf(zones, calendarOf({ by: 'hour-of-week', fromDate, toDate })))
}

describe('a store that was seen up at 10 and 14, and down at 11 and 13, with 100 an hour', () => {
  const store = withSchedule(
    aStore({
      hours: hours('daily', '09:00-17:00'),
      polls: [
        polled('active', '2023-01-24T10:00Z'),
        polled('inactive', '2023-01-24T11:00Z'),
        polled('inactive', '2023-01-24T13:00Z'),
        polled('active', '2023-01-24T14:00Z'),
      ],
    }),
  )
  const date = ms('2023-01-24T00:00Z') / DAY_MS
  const by = viewpoint('2023-01-25T00:00Z', { reachMs: 2 * HOUR_MS })
  const onThatDay = downHours(store, by, date, date)

  test('was down for two to four hours: 140 to 520 are at risk, most likely 300', () => {
    expect(onThatDay).toMatchObject({ downtimeMs: 3 * HOUR_MS, unknownMs: HOUR_MS })
    expect(salesAtRisk(onThatDay, hundredAnHour, 0)).toEqual({
      range: near({ low: 140, middle: 300, high: 520 }),
      unpricedMs: 0,
      basis: 'given',
    })
  })

  test('loses less where a fifth is ordered later', () => {
    expect(salesAtRisk(onThatDay, hundredAnHour, 0.2).range).toEqual(
      near({ low: 112, middle: 240, high: 416 }),
    )
    expect(salesAtRisk(onThatDay, hundredAnHour, 1).range).toEqual({ low: 0, middle: 0, high: 0 })
  })

  test('has no figure where nothing is known of what it takes, and says how long that was', () => {
    expect(salesAtRisk(onThatDay, revenueOfStore({ ...known, given: undefined }), 0)).toEqual({
      range: null,
      unpricedMs: 3 * HOUR_MS,
      basis: null,
    })
  })

  test('has nothing at risk on other days, or in time that is unknown', () => {
    const after = downHours(store, by, date + 1, date + 1)
    expect(salesAtRisk(after, hundredAnHour, 0)).toEqual({
      range: { low: 0, middle: 0, high: 0 },
      unpricedMs: 0,
      basis: null,
    })
  })

  test('is not at risk in excused time', () => {
    const excused = {
      kind: 'excused',
      fromMs: ms('2023-01-24T12:00Z'),
      toMs: ms('2023-01-24T17:00Z'),
    } as const
    const { range } = salesAtRisk(
      downHours({ ...store, corrections: [excused] }, by, date, date),
      hundredAnHour,
      0,
    )
    expect(range).toEqual(near({ low: 0, middle: 150, high: 260 }))
  })
})

describe('hours that differ, as 60 to 140 with a mean of 100 and a deviation of 50', () => {
  const differing = () =>
    ({ lower: 6000, mean: 10_000, upper: 14_000, variance: 5000 ** 2, basis: 'hour' }) as const
  function rangeOf(shortest: number, down: number, longest: number, recaptured = 0): SalesRange {
    const oneHour = (hours: number) => Float64Array.of(hours * HOUR_MS)
    const times = { shortest: oneHour(shortest), down: oneHour(down), longest: oneHour(longest) }
    return salesAtRisk(times, differing, recaptured).range!
  }

  test('differ by twice their deviation where there are few of them, and never below zero', () => {
    expect(rangeOf(1, 1, 1)).toEqual(near({ low: 0, middle: 100, high: 200 }))
    expect(rangeOf(0, 0.25, 0.25)).toEqual(near({ low: 0, middle: 25, high: 75 }))
    expect(rangeOf(4, 5, 6.25)).toEqual(near({ low: 200, middle: 500, high: 875 }))
    expect(rangeOf(4, 5, 6.25, 0.5)).toEqual(near({ low: 100, middle: 250, high: 437.5 }))
  })

  test('differ by their quartiles where there are many', () => {
    expect(rangeOf(100, 100, 100)).toEqual(near({ low: 6000, middle: 10_000, high: 14_000 }))
  })
})

describe('of any store', { timeout: 120_000 }, () => {
  test('the range is one, days add up, and the down time is that of reports', () => {
    let down = 0
    fc.assert(
      fc.property(aRecentScenario, fc.nat({ max: 8 }), ({ store, viewpoint: by }, back) => {
        const first = Math.floor(by.asOfMs / DAY_MS) - 3 - back
        const whole = downHours(store, by, first, first + 3)
        const parts = [downHours(store, by, first, first + 1), downHours(store, by, first + 2, first + 3)]
        for (const measure of ['shortest', 'down', 'longest'] as const) {
          const sums = parts[0]![measure].map((timeMs, hour) => timeMs + parts[1]![measure][hour]!)
          expect(sums).toEqual(whole[measure])
        }
        for (let hour = 0; hour < 168; hour++) {
          expect(whole.shortest[hour]).toBeLessThanOrEqual(whole.down[hour]!)
          expect(whole.down[hour]).toBeLessThanOrEqual(whole.longest[hour]!)
        }
        const { low, middle, high } = salesAtRisk(whole, hundredAnHour, 0).range!
        expect(low).toBeLessThanOrEqual(middle)
        expect(middle).toBeLessThanOrEqual(high)
        down += whole.downtimeMs > 0 ? 1 : 0
      }),
      { seed: 20_230_125, numRuns: 150 },
    )
    expect(down).toBeGreaterThan(20)
  })

  test('the times are those of the outages of the slow twin, where nothing is excused and none is cut off', () => {
    let count = 0
    fc.assert(
      fc.property(aRecentScenario, ({ store, viewpoint: by }) => {
        const uncorrected = { ...store, corrections: [] }
        const toDate = Math.floor(by.asOfMs / DAY_MS) + 2
        const dates = { fromDate: toDate - 26, toDate }
        const window = { startMs: (dates.fromDate + 2) * DAY_MS, endMs: by.asOfMs }
        const outages = slowOutages(uncorrected, by, window, dates)
        const whole = downHours(uncorrected, by, dates.fromDate, dates.toDate)
        const sum = (times: Iterable<number>) => [...times].reduce((sumMs, timeMs) => sumMs + timeMs, 0)
        expect(sum(whole.shortest)).toBe(sum(outages.map(({ shortestMs }) => shortestMs)))
        expect(sum(whole.down)).toBe(sum(outages.map(({ downtimeMs }) => downtimeMs)))
        expect(sum(whole.longest)).toBe(sum(outages.map(({ longestMs }) => longestMs)))
        count += outages.length
      }),
      { seed: 20_230_125, numRuns: 40 },
    )
    expect(count).toBeGreaterThan(8)
  })
})
