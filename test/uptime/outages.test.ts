import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findOutages } from '../../server/uptime/outages.ts'
import { timeOnDates } from '../../server/uptime/periods.ts'
import type { Viewpoint } from '../../server/uptime/store-uptime.ts'
import {
  aStore,
  hours,
  judgedDetailedStore,
  judgedInput,
  ms,
  polled,
  viewpoint,
} from '../support/judged-store.ts'
import { slowOutages, withSchedule, type DetailedStore } from '../support/slow-twin.ts'
import { aRecentScenario } from './scenario.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const store = withSchedule(
  aStore({
    hours: hours('daily', '09:00-17:00'),
    polls: [
      polled('active', '2023-01-23T15:00Z'),
      polled('inactive', '2023-01-23T16:00Z'),
      polled('inactive', '2023-01-24T10:00Z'),
      polled('active', '2023-01-24T11:00Z'),
      polled('inactive', '2023-01-24T16:00Z'),
    ],
  }),
)
const policy = { reachMs: 2 * HOUR_MS }

function found(of: DetailedStore, by: Viewpoint, from = '2023-01-20', to = '2023-01-30') {
  const window = { startMs: ms(`${from}T00:00Z`), endMs: ms(`${to}T00:00Z`) }
  const { zones, ...input } = judgedInput(of, by, {
    startMs: window.startMs - 3 * DAY_MS,
    endMs: window.endMs + 3 * DAY_MS,
  })
  return findOutages(input, window, timeOnDates(zones, date('2023-01-20'), date('2023-01-30')))
}

function date(text: string): number {
  return ms(`${text}T00:00Z`) / DAY_MS
}

describe('an outage', () => {
  test('goes on through the night, for which the store is closed', () => {
    const { outages } = found(store, viewpoint('2023-01-24T15:00Z', policy))
    expect(outages).toEqual([
      {
        startMs: ms('2023-01-23T15:30Z'),
        endMs: ms('2023-01-24T10:30Z'),
        downtimeMs: 3 * HOUR_MS,
        shortestMs: 2 * HOUR_MS,
        longestMs: 4 * HOUR_MS,
        firstPollMs: ms('2023-01-23T16:00Z'),
        lastPollMs: ms('2023-01-24T10:00Z'),
      },
    ])
  })

  test('is ongoing while no business time of another status follows', () => {
    const ends = (asOf: string) => found(store, viewpoint(asOf, policy)).outages.at(-1)!.endMs
    expect(ends('2023-01-24T16:30Z')).toBeNull()
    expect(ends('2023-01-25T09:00Z')).toBeNull()
    expect(ends('2023-01-25T09:00:00.001Z')).toBe(ms('2023-01-24T17:00Z'))
  })

  test('is said to be cut off where the window begins or ends within it', () => {
    const by = viewpoint('2023-01-24T15:00Z', policy)
    expect(found(store, by).isCutOff).toEqual({ before: false, after: false })
    expect(found(store, by, '2023-01-24').isCutOff).toEqual({ before: true, after: false })
    expect(found(store, by, '2023-01-20', '2023-01-24').isCutOff).toEqual({ before: false, after: true })
  })
})

describe('the outages of a store', { timeout: 120_000 }, () => {
  test('are those of the slow twin', () => {
    let count = 0
    const someDates = fc.record({ back: fc.nat({ max: 9 }), days: fc.nat({ max: 12 }) })
    fc.assert(
      fc.property(aRecentScenario, someDates, ({ store: detailed, viewpoint: by }, { back, days }) => {
        const fromDate = Math.floor(by.asOfMs / DAY_MS) - back
        const dates = { fromDate, toDate: fromDate + days }
        const window = { startMs: by.asOfMs - 14 * DAY_MS, endMs: by.asOfMs }
        const { zones, ...input } = judgedInput(detailed, by, {
          startMs: window.startMs - 2 * by.reachMs,
          endMs: by.asOfMs + 1,
        })
        const { outages } = findOutages(input, window, timeOnDates(zones, dates.fromDate, dates.toDate))
        expect(outages).toEqual(slowOutages(detailed, by, window, dates))
        count += outages.length
      }),
      { seed: 20_230_125, numRuns: 250 },
    )
    expect(count).toBeGreaterThan(50)
  })

  test('have the downtime, exactly', () => {
    fc.assert(
      fc.property(aRecentScenario, ({ store: detailed, viewpoint: by }) => {
        const window = { startMs: by.asOfMs - 7 * DAY_MS, endMs: by.asOfMs }
        const time = { startMs: window.startMs - 2 * by.reachMs, endMs: by.asOfMs + 1 }
        const { outages } = findOutages(
          judgedInput(detailed, by, time),
          window,
          Float64Array.of(-Infinity, Infinity),
        )
        expect(outages.reduce((sum, { downtimeMs }) => sum + downtimeMs, 0)).toBe(
          judgedDetailedStore(detailed, by).at(-1)!.downtimeMs,
        )
      }),
      { seed: 20_230_125, numRuns: 200 },
    )
  })
})
