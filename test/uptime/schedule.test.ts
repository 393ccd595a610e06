import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openIntervals } from '../../server/uptime/business-hours.ts'
import type { Interval } from '../../server/uptime/interval.ts'
import {
  openIntervalsOf,
  zoneOfStoresWithoutOne,
  zonesInForce,
  type Schedule,
  type SpecialDay,
  type Version,
} from '../../server/uptime/schedule.ts'
import { defaultTimezone } from '../../shared/store.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { hours, localTimeMs, ms, offsetsAround } from '../support/judged-store.ts'
import { slowScheduledIntervals } from '../support/slow-twin.ts'
import { aDetailedScenario, aScenario } from './scenario.ts'

const DAY_MS = 86_400_000

function aSchedule(parts: Partial<Schedule>): Schedule {
  return { zones: [since('UTC')], hours: [], specialDays: [], ...parts }
}

function since<Rule>(rule: Rule, from?: string): Version<Rule> {
  return { validFromMs: from === undefined ? -Infinity : ms(from), rule }
}

/** `special('2023-01-24', '09:00-12:00')`; closed without spans. */
function special(date: string, ...spans: readonly string[]): SpecialDay {
  return {
    date: ms(`${date}T00:00Z`) / DAY_MS,
    spans: spans.map((span) => {
      const [start, end] = span.split('-')
      return { startMs: localTimeMs(start!), endMs: localTimeMs(end!) }
    }),
  }
}

/** The open intervals between two instants, readable: `start / end`. */
function open(schedule: Schedule, from: string, to: string): string[] {
  const within = { startMs: ms(from), endMs: ms(to) }
  return asIntervals(openIntervalsOf(schedule, within, offsetsAround(within))).map(
    ({ startMs, endMs }) => `${formatTimestamp(startMs)} / ${formatTimestamp(endMs)}`,
  )
}

describe('a store with versions of its hours is open', () => {
  const schedule = aSchedule({
    hours: [
      since(hours('daily', '09:00-17:00'), '2023-01-01T00:00Z'),
      since(hours('daily', '12:00-20:00'), '2023-01-24T14:00Z'),
    ],
  })

  test('by the first before it was valid', () => {
    expect(open(schedule, '2022-12-01T00:00Z', '2022-12-02T00:00Z')).toEqual([
      '2022-12-01T09:00:00Z / 2022-12-01T17:00:00Z',
    ])
  })

  test('by each until the next one is in force, also in the middle of a day', () => {
    expect(open(schedule, '2023-01-23T00:00Z', '2023-01-26T00:00Z')).toEqual([
      '2023-01-23T09:00:00Z / 2023-01-23T17:00:00Z',
      '2023-01-24T09:00:00Z / 2023-01-24T20:00:00Z',
      '2023-01-25T12:00:00Z / 2023-01-25T20:00:00Z',
    ])
  })
})

describe('a store that moved to another zone is open', () => {
  const schedule = aSchedule({
    zones: [since('Europe/London'), since('Asia/Tokyo', '2023-01-24T00:30Z')],
    hours: [since(hours('daily', '10:00-11:00'))],
  })

  test('by the zone in force, and not twice on the day on which it moved', () => {
    expect(open(schedule, '2023-01-23T00:00Z', '2023-01-26T00:00Z')).toEqual([
      '2023-01-23T10:00:00Z / 2023-01-23T11:00:00Z',
      '2023-01-24T01:00:00Z / 2023-01-24T02:00:00Z',
      '2023-01-25T01:00:00Z / 2023-01-25T02:00:00Z',
    ])
  })

  test('and its zones are told apart by the instant', () => {
    const within = { startMs: ms('2023-01-23T00:00Z'), endMs: ms('2023-01-25T00:00Z') }
    const zones = zonesInForce(schedule, within, offsetsAround(within))
    expect(zones.map(({ startMs, endMs, timezone }) => [startMs, endMs, timezone])).toEqual([
      [within.startMs, ms('2023-01-24T00:30Z'), 'Europe/London'],
      [ms('2023-01-24T00:30Z'), within.endMs, 'Asia/Tokyo'],
    ])
  })
})

describe('on a special day a store is open', () => {
  test('by its special hours alone, but for the night before', () => {
    const schedule = aSchedule({
      hours: [since(hours('daily', '18:00-02:00'))],
      specialDays: [special('2023-01-23'), special('2023-01-24', '10:00-12:00', '23:00-23:59')],
    })
    expect(open(schedule, '2023-01-22T12:00Z', '2023-01-26T00:00Z')).toEqual([
      '2023-01-22T18:00:00Z / 2023-01-23T02:00:00Z',
      '2023-01-24T10:00:00Z / 2023-01-24T12:00:00Z',
      '2023-01-24T23:00:00Z / 2023-01-25T00:00:00Z',
      '2023-01-25T18:00:00Z / 2023-01-26T00:00:00Z',
    ])
  })

  test('over midnight, where they end before they start', () => {
    const schedule = aSchedule({
      hours: [since(hours('daily', '12:00-13:00'))],
      specialDays: [special('2023-01-23', '20:00-04:00')],
    })
    expect(open(schedule, '2023-01-23T00:00Z', '2023-01-25T00:00Z')).toEqual([
      '2023-01-23T20:00:00Z / 2023-01-24T04:00:00Z',
      '2023-01-24T12:00:00Z / 2023-01-24T13:00:00Z',
    ])
  })

  test('by them also where it is always open on others', () => {
    const schedule = aSchedule({ zones: [since('America/Denver')], specialDays: [special('2023-01-23')] })
    expect(open(schedule, '2023-01-22T00:00Z', '2023-01-26T00:00Z')).toEqual([
      '2023-01-22T00:00:00Z / 2023-01-23T07:00:00Z',
      '2023-01-24T07:00:00Z / 2023-01-26T00:00:00Z',
    ])
  })

  test('by them whichever version of the hours is in force', () => {
    const schedule = aSchedule({
      hours: [
        since(hours('daily', '09:00-17:00')),
        since(hours('daily', '10:00-18:00'), '2023-01-23T12:00Z'),
      ],
      specialDays: [special('2023-01-23', '11:00-13:00')],
    })
    expect(open(schedule, '2023-01-23T00:00Z', '2023-01-24T00:00Z')).toEqual([
      '2023-01-23T11:00:00Z / 2023-01-23T13:00:00Z',
    ])
  })
})

describe('a store without a zone', () => {
  test('is in the zone that the wire knows as the default', () => {
    expect(zoneOfStoresWithoutOne).toBe(defaultTimezone)
    const schedule = aSchedule({ zones: [], hours: [since(hours('daily', '09:00-10:00'))] })
    expect(open(schedule, '2023-01-23T00:00Z', '2023-01-24T00:00Z')).toEqual([
      '2023-01-23T15:00:00Z / 2023-01-23T16:00:00Z',
    ])
  })
})

describe('the open intervals of a schedule', { timeout: 120_000 }, () => {
  test('are those of the slow twin', () => {
    fc.assert(
      fc.property(aDetailedScenario, fc.nat({ max: 6 * DAY_MS }), ({ store, viewpoint }, lengthMs) => {
        const within = { startMs: viewpoint.asOfMs - lengthMs, endMs: viewpoint.asOfMs + 1 }
        const flat = openIntervalsOf(store.schedule, within, offsetsAround(within))
        expect(asIntervals(flat)).toEqual(slowScheduledIntervals(store.schedule, within))
      }),
      { seed: 20_230_125, numRuns: 600 },
    )
  })

  test('are those of its weekly hours, where it has one version, one zone and no special day', () => {
    fc.assert(
      fc.property(aScenario, ({ store, viewpoint: { asOfMs } }) => {
        const within = { startMs: asOfMs - 8 * DAY_MS, endMs: asOfMs + 1 }
        const schedule = {
          zones: [since(store.timezone)],
          hours: store.hours === null ? [] : [since(store.hours)],
          specialDays: [special('1950-01-01')],
        }
        const offsets = offsetsAround(within)
        expect(openIntervalsOf(schedule, within, offsets)).toEqual(
          openIntervals(store.hours, offsets(store.timezone), within),
        )
      }),
      { seed: 20_230_125, numRuns: 200 },
    )
  })
})

function asIntervals(flat: Float64Array): Interval[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    startMs: flat[2 * i]!,
    endMs: flat[2 * i + 1]!,
  }))
}
