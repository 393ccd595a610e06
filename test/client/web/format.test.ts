import { describe, expect, test } from 'vitest'
import {
  ago,
  businessTime,
  change,
  counted,
  duration,
  hours,
  instant,
  nearInstant,
  percent,
  share,
} from '../../../client/web/format.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

test.each([
  [99.87, '99.87 %'],
  [100, '100.00 %'],
  [null, '–'],
])('a percentage of %s is %s', (value, text) => expect(percent(value)).toBe(text))

test.each([
  [0, 100, '0.0 %'],
  [1, 10_000, '< 0.1 %'],
  [9_999, 10_000, '> 99.9 %'],
  [1, 1, '100.0 %'],
  [0, 0, '–'],
])('a share of %s in %s is %s: never better than it is', (part, whole, text) =>
  expect(share(part, whole)).toBe(text),
)

test.each([
  [0.41, '+0.41'],
  [-0.4, '−0.40'],
  [0, '±0.00'],
  [-0.001, '±0.00'],
  [null, '–'],
])('a change of %s points is %s', (points, text) => expect(change(points)).toBe(text))

test.each([
  [0, '0 min'],
  [40_000, '40 s'],
  [59 * MINUTE_MS + 59_999, '59 min'],
  [2 * HOUR_MS + 5 * MINUTE_MS, '2 h 05 min'],
  [23 * HOUR_MS + 59 * MINUTE_MS, '23 h 59 min'],
  [76 * HOUR_MS, '3 d 4 h'],
  [null, '–'],
])('%s ms last %s', (ms, text) => expect(duration(ms)).toBe(text))

test.each([
  [55 * MINUTE_MS, '55 min'],
  [76 * HOUR_MS + 59 * MINUTE_MS, '76 h'],
  [null, '–'],
])('%s ms of business time last %s, of which no day is made', (ms, text) =>
  expect(businessTime(ms)).toBe(text),
)

test.each([
  [0, '0 h'],
  [HOUR_MS / 100, '< 0.1 h'],
  [2.5 * HOUR_MS, '2.5 h'],
  [123_456 * HOUR_MS, '123,456 h'],
])('%s ms are %s of business time', (ms, text) => expect(hours(ms)).toBe(text))

describe('an instant', () => {
  const asOf = '2023-01-25T18:13:22Z'

  test('is written with its zone', () => {
    expect(instant(asOf)).toBe('Wed 25 Jan 2023, 18:13 UTC')
    expect(instant(asOf, 'Asia/Kathmandu')).toMatch(/^Wed 25 Jan 2023, 23:58 GMT\+5:45$/)
  })

  test.each([
    ['2023-01-25T16:00:00Z', 'UTC', '16:00'],
    ['2023-01-25T04:00:00Z', 'America/Chicago', 'Tue 22:00'],
    ['2023-01-21T04:00:00Z', 'UTC', 'Sat 04:00'],
    ['2023-01-18T04:00:00Z', 'UTC', '18 Jan 04:00'],
  ])(
    '%s in %s is %s near the as-of: by the clocks there, and never a weekday that could be another',
    (at, zone, text) => expect(nearInstant(at, asOf, zone)).toBe(text),
  )
})

test('counts are in words', () => {
  expect([counted(1, 'store'), counted(2000, 'store'), ago(5), ago(90 * MINUTE_MS)]).toEqual([
    '1 store',
    '2,000 stores',
    'just now',
    '1 h 30 min ago',
  ])
})
