import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openIntervals, type WeeklyHours } from '../../server/uptime/business-hours.ts'
import type { Interval } from '../../server/uptime/interval.ts'
import { zoneOffsets } from '../../server/uptime/zone-offsets.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { hours, ms, openOf } from '../support/judged-store.ts'
import { slowOpenIntervals } from '../support/slow-twin.ts'
import { allZones } from '../support/zones.ts'
import { aScenario, someHours } from './scenario.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const MONDAY = 0
const TUESDAY = 1
const SATURDAY = 5
const SUNDAY = 6

/** The open intervals between two instants, readable: `start / end`. */
function open(timezone: string, rule: readonly WeeklyHours[] | null, from: string, to: string): string[] {
  const flat = openOf({ timezone, hours: rule }, { startMs: ms(from), endMs: ms(to) })
  return Array.from(
    { length: flat.length / 2 },
    (_, i) => `${formatTimestamp(flat[2 * i]!)} / ${formatTimestamp(flat[2 * i + 1]!)}`,
  )
}

// 2023-01-23 is a Monday.
describe('a store is open', () => {
  test('always, where it has no hours', () => {
    expect(open('Asia/Kolkata', null, '2023-01-23T00:00Z', '2023-01-30T00:00Z')).toEqual([
      '2023-01-23T00:00:00Z / 2023-01-30T00:00:00Z',
    ])
  })

  test('only on the weekdays that have hours', () => {
    const rule = [...hours([MONDAY], '09:00-12:00', '17:00-22:15'), ...hours([SUNDAY], '10:00-11:00')]
    expect(open('America/Chicago', rule, '2023-01-23T00:00Z', '2023-01-31T00:00Z')).toEqual([
      '2023-01-23T15:00:00Z / 2023-01-23T18:00:00Z',
      '2023-01-23T23:00:00Z / 2023-01-24T04:15:00Z',
      '2023-01-29T16:00:00Z / 2023-01-29T17:00:00Z',
      '2023-01-30T15:00:00Z / 2023-01-30T18:00:00Z',
      '2023-01-30T23:00:00Z / 2023-01-31T00:00:00Z',
    ])
  })

  test.each(['23:59', '23:59:00', '23:59:30', '23:59:59', '24:00'])(
    'until midnight, where its end is %s',
    (end) => {
      expect(open('UTC', hours([MONDAY], `18:00-${end}`), '2023-01-23T00:00Z', '2023-01-25T00:00Z')).toEqual([
        '2023-01-23T18:00:00Z / 2023-01-24T00:00:00Z',
      ])
    },
  )

  test('until 23:58:59, where that is its end', () => {
    expect(open('UTC', hours([MONDAY], '18:00-23:58:59'), '2023-01-23T00:00Z', '2023-01-25T00:00Z')).toEqual([
      '2023-01-23T18:00:00Z / 2023-01-23T23:58:59Z',
    ])
  })

  test('for a minute, where it starts and ends at 23:59, since that end means midnight', () => {
    expect(open('UTC', hours([MONDAY], '23:59-23:59'), '2023-01-23T00:00Z', '2023-01-25T00:00Z')).toEqual([
      '2023-01-23T23:59:00Z / 2023-01-24T00:00:00Z',
    ])
  })

  test('over midnight, where its end is before its start', () => {
    expect(open('UTC', hours([SUNDAY], '20:00-02:00'), '2023-01-23T00:00Z', '2023-02-01T00:00Z')).toEqual([
      '2023-01-23T00:00:00Z / 2023-01-23T02:00:00Z',
      '2023-01-29T20:00:00Z / 2023-01-30T02:00:00Z',
    ])
  })

  test('for a whole day, where its end is its start', () => {
    expect(open('UTC', hours([MONDAY], '09:00-09:00'), '2023-01-23T00:00Z', '2023-01-30T00:00Z')).toEqual([
      '2023-01-23T09:00:00Z / 2023-01-24T09:00:00Z',
    ])
    expect(open('UTC', hours([MONDAY], '00:00-00:00'), '2023-01-23T00:00Z', '2023-01-30T00:00Z')).toEqual([
      '2023-01-23T00:00:00Z / 2023-01-24T00:00:00Z',
    ])
  })

  test('without a break, where one day ends at 23:59 and the next begins at 00:00', () => {
    const rule = [...hours([MONDAY], '11:00-23:59'), ...hours([TUESDAY], '00:00-00:10')]
    expect(open('UTC', rule, '2023-01-23T00:00Z', '2023-01-26T00:00Z')).toEqual([
      '2023-01-23T11:00:00Z / 2023-01-24T00:10:00Z',
    ])
    expect(
      open('Asia/Tokyo', hours('daily', '00:00-24:00'), '2023-01-23T00:00Z', '2023-01-30T00:00Z'),
    ).toEqual(['2023-01-23T00:00:00Z / 2023-01-30T00:00:00Z'])
  })

  test('once where its hours overlap, touch or repeat', () => {
    const rule = hours([MONDAY], '12:00-18:00', '09:00-15:00', '18:00-19:00', '09:00-15:00')
    expect(open('UTC', rule, '2023-01-23T00:00Z', '2023-01-24T00:00Z')).toEqual([
      '2023-01-23T09:00:00Z / 2023-01-23T19:00:00Z',
    ])
  })
})

// In Chicago clocks go forward at 02:00 on Sunday 2023-03-12, and back at 02:00 on Sunday 2023-11-05.
describe('on the day on which the clock changes', () => {
  test('00:00-24:00 lasts 23 hours in spring', () => {
    const rule = hours([SUNDAY], '00:00-24:00')
    expect(open('America/Chicago', rule, '2023-03-11T00:00Z', '2023-03-15T00:00Z')).toEqual([
      '2023-03-12T06:00:00Z / 2023-03-13T05:00:00Z',
    ])
  })

  test('00:00-24:00 lasts 25 hours in autumn', () => {
    const rule = hours([SUNDAY], '00:00-24:00')
    expect(open('America/Chicago', rule, '2023-11-04T00:00Z', '2023-11-08T00:00Z')).toEqual([
      '2023-11-05T05:00:00Z / 2023-11-06T06:00:00Z',
    ])
  })

  test('a skipped end is taken after the gap', () => {
    expect(
      open('America/Chicago', hours([SUNDAY], '01:30-02:30'), '2023-03-12T00:00Z', '2023-03-13T00:00Z'),
    ).toEqual(['2023-03-12T07:30:00Z / 2023-03-12T08:30:00Z'])
  })

  test('hours between a skipped start and an end right after the gap come out empty', () => {
    const rule = hours([SUNDAY], '02:30-03:15', '02:30-03:30', '12:00-13:00')
    expect(open('America/Chicago', rule, '2023-03-12T00:00Z', '2023-03-13T00:00Z')).toEqual([
      '2023-03-12T17:00:00Z / 2023-03-12T18:00:00Z',
    ])
  })

  test('a repeated time is its first occurrence, as a start and as an end', () => {
    const around = ['2023-11-05T00:00Z', '2023-11-06T00:00Z'] as const
    expect(open('America/Chicago', hours([SUNDAY], '00:30-01:30'), ...around)).toEqual([
      '2023-11-05T05:30:00Z / 2023-11-05T06:30:00Z',
    ])
    expect(open('America/Chicago', hours([SUNDAY], '01:30-02:30'), ...around)).toEqual([
      '2023-11-05T06:30:00Z / 2023-11-05T08:30:00Z',
    ])
  })

  test('the night before runs into it with its own length', () => {
    expect(
      open('America/Chicago', hours([SATURDAY], '22:00-04:00'), '2023-03-11T00:00Z', '2023-03-13T00:00Z'),
    ).toEqual(['2023-03-12T04:00:00Z / 2023-03-12T09:00:00Z'])
  })

  test('that Samoa skipped, its hours are those of the day after', () => {
    // Friday 2011-12-30 did not exist: its 09:00-17:00 is taken a day later, where Saturday is closed.
    const friday = hours([4], '09:00-17:00')
    expect(open('Pacific/Apia', friday, '2011-12-29T00:00Z', '2012-01-02T00:00Z')).toEqual([
      '2011-12-30T19:00:00Z / 2011-12-31T03:00:00Z',
    ])
  })
})

describe('the open intervals', () => {
  test('are those of the slow twin', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(aScenario, fc.nat({ max: 3 * DAY_MS }), ({ store, viewpoint: { asOfMs } }, lengthMs) => {
        const within = { startMs: asOfMs - lengthMs, endMs: asOfMs + 1 }
        expect(asIntervals(openOf(store, within))).toEqual(slowOpenIntervals(store, within))
      }),
      { seed: 20_230_125, numRuns: 1000 },
    )
  })

  test(
    'of a short time are those of a long one, cut: no date is missed at either end',
    { timeout: 60_000 },
    () => {
      // Offsets of 14 to 16 hours, at which a local date is furthest from the UTC one.
      const furthest = [
        'Pacific/Kiritimati',
        'Etc/GMT+12',
        'Asia/Manila',
        'America/Juneau',
        'America/Metlakatla',
      ]
      const anInstant = fc.oneof(
        fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }),
        fc.integer({ min: Date.UTC(1840, 0, 1), max: Date.UTC(1870, 0, 1) }),
      )
      fc.assert(
        fc.property(fc.constantFrom(...furthest, ...allZones), anInstant, someHours, (timezone, at, rule) => {
          const within = { startMs: at, endMs: at + HOUR_MS }
          const wide = { startMs: at - 10 * DAY_MS, endMs: at + 10 * DAY_MS }
          const offsets = zoneOffsets(timezone, wide.startMs - 4 * DAY_MS, wide.endMs + 4 * DAY_MS)
          const cut = asIntervals(openIntervals(rule, offsets, wide))
            .map(({ startMs, endMs }) => ({
              startMs: Math.max(startMs, within.startMs),
              endMs: Math.min(endMs, within.endMs),
            }))
            .filter(({ startMs, endMs }) => startMs < endMs)
          expect(asIntervals(openOf({ timezone, hours: rule }, within))).toEqual(cut)
        }),
        { seed: 20_230_125, numRuns: 3000 },
      )
    },
  )
})

function asIntervals(flat: Float64Array): Interval[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    startMs: flat[2 * i]!,
    endMs: flat[2 * i + 1]!,
  }))
}
