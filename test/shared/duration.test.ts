import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../shared/app-error.ts'
import { formatDuration, parseDuration } from '../../shared/duration.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS

const seed = 20_230_125

describe('a duration', () => {
  test.each([
    ['45s', 45 * SECOND_MS],
    ['90m', 90 * MINUTE_MS],
    ['24h', DAY_MS],
    ['7d', WEEK_MS],
    ['0h', 0],
    ['007d', WEEK_MS],
    ['PT24H', DAY_MS],
    ['P1D', DAY_MS],
    ['P1W', WEEK_MS],
    ['PT90M', 90 * MINUTE_MS],
    ['PT1H30M', 90 * MINUTE_MS],
    ['P1DT12H', 36 * HOUR_MS],
    ['PT36S', 36 * SECOND_MS],
    ['PT0S', 0],
  ])('written as %s is %i ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs)
  })

  test('of ISO 8601 is what Temporal makes of it, with days of 24 hours', () => {
    const aPart = fc.option(fc.nat({ max: 5000 }), { freq: 2 })
    fc.assert(
      fc.property(aPart, aPart, aPart, aPart, aPart, (weeks, days, hours, minutes, seconds) => {
        const date = part(weeks, 'W') + part(days, 'D')
        const time = part(hours, 'H') + part(minutes, 'M') + part(seconds, 'S')
        fc.pre(date + time !== '')
        const text = `P${date}${time === '' ? '' : `T${time}`}`
        const read = Temporal.Duration.from(text)
        const inDays = read.weeks * 7 + read.days
        const inSeconds = ((inDays * 24 + read.hours) * 60 + read.minutes) * 60 + read.seconds
        expect(parseDuration(text)).toBe(inSeconds * SECOND_MS)
      }),
      { seed, numRuns: 500 },
    )
  })

  test.each([
    '',
    ' ',
    '24',
    'h',
    '24 h',
    ' 24h',
    '24h ',
    '24h\n',
    '-24h',
    '+24h',
    '1.5h',
    '1,5h',
    '1e3s',
    '24H',
    '1w',
    '24hours',
    '1h30m',
    'P',
    'PT',
    'P1DT',
    'P1Y',
    'P1M',
    'P24H',
    'PT1D',
    'PT1M1H',
    'P1D1W',
    'PT1.5H',
    '-PT24H',
    'pt24h',
    'PT24H PT24H',
    'a day',
    'Infinity',
    '٢h',
  ])('"%s" is none, and the error says what is', (text) => {
    expect(() => parseDuration(text)).toThrow(AppError)
    expect(() => parseDuration(text)).toThrow(
      `"${text}" is not a duration: write a number and a unit such as "90m"`,
    )
    expect(refusal(text)).toMatchObject({ code: 'invalid' })
  })
})

describe('a duration written out', () => {
  test.each([
    [0, '0h'],
    [SECOND_MS, '1s'],
    [90 * SECOND_MS, '90s'],
    [MINUTE_MS, '1m'],
    [90 * MINUTE_MS, '90m'],
    [HOUR_MS, '1h'],
    [DAY_MS, '24h'],
    [36 * HOUR_MS, '36h'],
    [2 * DAY_MS, '2d'],
    [WEEK_MS, '7d'],
  ])('%i ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })

  test('is read back as the same, in whole seconds', () => {
    const aUnitMs = fc.constantFrom(SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS)
    fc.assert(
      fc.property(aUnitMs, fc.nat({ max: 100_000 }), (unitMs, count) => {
        expect(parseDuration(formatDuration(count * unitMs))).toBe(count * unitMs)
      }),
      { seed, numRuns: 500 },
    )
  })
})

function part(count: number | null, unit: string): string {
  return count === null ? '' : `${count}${unit}`
}

function refusal(text: string): unknown {
  try {
    return parseDuration(text)
  } catch (error) {
    return error
  }
}
