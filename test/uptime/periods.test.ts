import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { createPeriodJudge } from '../../server/uptime/period-judge.ts'
import { periodNames } from '../../server/uptime/periods.ts'
import { timeOfDates } from '../../server/uptime/time-of-dates.ts'
import { periodUnits } from '../../shared/period-unit.ts'
import type { Viewpoint } from '../../server/uptime/store-uptime.ts'
import type { Tally } from '../../server/uptime/tally.ts'
import { judgedInput, ms } from '../support/judged-store.ts'
import { slowPeriodName, slowPeriods, type Dates, type DetailedStore } from '../support/slow-twin.ts'
import { aRecentScenario } from './scenario.ts'

const DAY_MS = 86_400_000
const seed = 20_230_125
const nothing: Tally = { uptimeMs: 0, downtimeMs: 0, unknownMs: 0, excusedMs: 0 }

function date(text: string): number {
  return ms(`${text}T00:00Z`) / DAY_MS
}

function periods(
  store: DetailedStore,
  by: (typeof periodUnits)[number],
  { fromDate, toDate }: Dates,
  viewpoint: Viewpoint,
): Map<string, Tally> {
  const time = timeOfDates(fromDate, toDate, viewpoint.reachMs)
  const { open, weeks, zones, corrections } = judgedInput(store, viewpoint, time)
  const tallies = createPeriodJudge(by, fromDate, toDate, viewpoint)(open, weeks, zones, corrections)
  const names = periodNames(by, fromDate, toDate)
  expect(tallies).toHaveLength(names.length)
  return new Map(names.map((name, i) => [name, tallies[i]!]))
}

describe('the names of periods', () => {
  test('are those of the days, weeks and months that the dates touch', () => {
    const dates = [date('2024-12-29'), date('2025-01-01')] as const
    expect(periodNames('day', ...dates)).toEqual(['2024-12-29', '2024-12-30', '2024-12-31', '2025-01-01'])
    expect(periodNames('week', ...dates)).toEqual(['2024-W52', '2025-W01'])
    expect(periodNames('month', ...dates)).toEqual(['2024-12', '2025-01'])
  })

  test('are all hours of the week, whatever the dates', () => {
    const names = periodNames('hour-of-week', date('2024-12-29'), date('2024-12-29'))
    expect(names).toHaveLength(168)
    expect([names[0], names[25], names.at(-1)]).toEqual(['Mon 00:00', 'Tue 01:00', 'Sun 23:00'])
  })

  test('are those of the slow twin on every day of many years', () => {
    const first = date('1969-12-01')
    for (const by of ['day', 'week', 'month'] as const) {
      const slow = Array.from({ length: 80 * 366 }, (_, i) =>
        slowPeriodName(by, new Temporal.PlainDate(1970, 1, 1).add({ days: first + i }).toPlainDateTime()),
      )
      expect(periodNames(by, first, first + slow.length - 1)).toEqual([...new Set(slow)])
    }
  })
})

describe('the totals of periods', { timeout: 120_000 }, () => {
  test('are those of the slow twin', () => {
    const someDates = fc.record({ back: fc.nat({ max: 9 }), days: fc.nat({ max: 7 }) })
    fc.assert(
      fc.property(
        aRecentScenario,
        fc.constantFrom(...periodUnits),
        someDates,
        ({ store, viewpoint }, by, { back, days }) => {
          const fromDate = Math.floor(viewpoint.asOfMs / DAY_MS) - back
          const dates = { fromDate, toDate: fromDate + days }
          const slow = slowPeriods(store, viewpoint, by, dates)
          for (const [name, tally] of periods(store, by, dates, viewpoint)) {
            expect([name, tally]).toEqual([name, slow.get(name) ?? nothing])
          }
        },
      ),
      { seed, numRuns: 250 },
    )
  })

  test('of days add up to those of weeks, months and hours of the week', () => {
    fc.assert(
      fc.property(aRecentScenario, ({ store, viewpoint }) => {
        const today = Math.floor(viewpoint.asOfMs / DAY_MS)
        const dates = { fromDate: today - 12, toDate: today + 1 }
        const [days, ...others] = periodUnits.map((by) => sum(periods(store, by, dates, viewpoint)))
        for (const other of others) expect(other).toEqual(days)
      }),
      { seed, numRuns: 100 },
    )
  })

  test('of a day that ended more than a reach before do not move with a later look', () => {
    fc.assert(
      fc.property(aRecentScenario, ({ store, viewpoint }) => {
        const sure = { ...viewpoint, reachMs: Math.min(viewpoint.reachMs, 3 * DAY_MS) }
        const toDate = Math.floor((sure.asOfMs - sure.reachMs) / DAY_MS) - 2
        const dates = { fromDate: toDate - 3, toDate }
        const later = { ...sure, asOfMs: sure.asOfMs + 30 * DAY_MS }
        expect(periods(store, 'day', dates, later)).toEqual(periods(store, 'day', dates, sure))
      }),
      { seed, numRuns: 100 },
    )
  })
})

function sum(tallies: Map<string, Tally>): Tally {
  return [...tallies.values()].reduce(
    (total, tally) => ({
      uptimeMs: total.uptimeMs + tally.uptimeMs,
      downtimeMs: total.downtimeMs + tally.downtimeMs,
      unknownMs: total.unknownMs + tally.unknownMs,
      excusedMs: total.excusedMs + tally.excusedMs,
    }),
    nothing,
  )
}
