import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { formatTimestamp, parseTimestamp } from '../../shared/timestamp.ts'

const seed = 20_230_125

/** The forms of a timestamp as one expression, and its instant from Temporal, where that has a year of four digits in UTC. */
function slowParseTimestamp(text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::[0-5]\d(?:\.\d+)?)?)(?: ?(Z|UTC|[+-]\d\d:\d\d))?$/.exec(
    text,
  )
  if (parts === null) return NaN
  const [, date, time, zone = 'Z'] = parts
  const nanoseconds = time!.replace(/(\.\d{9})\d+$/, '$1')
  try {
    const instant = Temporal.Instant.from(`${date}T${nanoseconds}${zone === 'UTC' ? 'Z' : zone}`)
    const { year } = instant.toZonedDateTimeISO('UTC')
    return year >= 0 && year <= 9999 ? instant.epochMilliseconds : NaN
  } catch {
    return NaN
  }
}

const aDate = fc.oneof(
  fc
    .integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })
    .map((at) => new Date(at).toISOString().slice(0, 10)),
  fc.constantFrom(
    '2000-02-29',
    '1900-02-28',
    '1900-03-01',
    '2024-02-29',
    '2024-03-01',
    '0001-01-01',
    '9999-12-31',
  ),
  fc
    .tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
    )
    .map(([year, month, day]) => `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`),
)
const aTime = fc
  .tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 60 }))
  .map(([hour, minute]) => `${padded(hour, 2)}:${padded(minute, 2)}`)
const someSeconds = fc.integer({ min: 0, max: 61 }).map((second) => `:${padded(second, 2)}`)
const aFraction = fc.stringMatching(/^\.\d{1,12}$/)
const aZone = fc.oneof(
  fc.constantFrom(
    '',
    'Z',
    ' Z',
    'UTC',
    ' UTC',
    '+00:00',
    '-00:00',
    '+05:30',
    ' -06:00',
    '+14:00',
    '-23:59',
    '+24:00',
  ),
  fc.stringMatching(/^[+-]\d\d:\d\d$/),
)
const aTimestamp = fc
  .tuple(
    aDate,
    fc.constantFrom(' ', 'T'),
    aTime,
    fc.oneof(fc.constant(''), someSeconds),
    fc.oneof(fc.constant(''), aFraction),
    aZone,
  )
  .map(([date, separator, time, seconds, fraction, zone]) =>
    [date, separator, time, seconds, seconds === '' ? '' : fraction, zone].join(''),
  )

/** A timestamp with one character put in, replaced or left out. */
const aDamagedTimestamp = fc
  .tuple(
    aTimestamp,
    fc.nat(),
    fc.constantFrom(...'0129 TZUtz:.-+,/x\t\u0662'.split('')),
    fc.integer({ min: 0, max: 1 }),
    fc.boolean(),
  )
  .map(([text, place, character, removed, inserts]) => {
    const at = place % (text.length + 1)
    return text.slice(0, at) + (inserts ? character : '') + text.slice(at + removed)
  })

describe('a timestamp', () => {
  test('is the instant that Temporal makes of it, or refused like there', () => {
    let taken = 0
    fc.assert(
      fc.property(aTimestamp, (text) => {
        const epochMs = slowParseTimestamp(text)
        if (!Number.isNaN(epochMs)) taken++
        expect(parseTimestamp(text)).toBe(epochMs)
      }),
      { seed, numRuns: 10_000 },
    )
    expect(taken).toBeGreaterThan(4000)
  })

  test('with a wrong character is refused, unless it is another timestamp', () => {
    fc.assert(
      fc.property(aDamagedTimestamp, (text) => {
        expect(parseTimestamp(text)).toBe(slowParseTimestamp(text))
      }),
      { seed, numRuns: 10_000 },
    )
  })

  test('may be any day of four centuries', () => {
    const wrong: string[] = []
    for (let dayMs = Date.UTC(1799, 11, 31); dayMs <= Date.UTC(2200, 0, 1); dayMs += 86_400_000) {
      const text = new Date(dayMs).toISOString()
      if (parseTimestamp(text) !== dayMs) wrong.push(text)
    }
    expect(wrong).toEqual([])
  })

  test.each([
    ['2023-01-22 12:09:39.388884 UTC', 1_674_389_379_388],
    ['2023-01-22T12:09:39Z', 1_674_389_379_000],
    ['2023-01-22 12:09:39', 1_674_389_379_000],
    ['2023-01-22 12:09', 1_674_389_340_000],
    ['2023-01-22T12:09Z', 1_674_389_340_000],
    ['2023-01-22 12:09 UTC', 1_674_389_340_000],
    ['2023-01-22T17:39:39.5+05:30', 1_674_389_379_500],
    ['2023-01-22 07:09:39 -05:00', 1_674_389_379_000],
    ['2023-01-22T12:09:39.38 Z', 1_674_389_379_380],
    ['1970-01-01T00:00Z', 0],
    ['1969-12-31T23:59:59.999Z', -1],
    ['0001-01-01T00:00Z', -62_135_596_800_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
    ['2000-02-29T00:00Z', 951_782_400_000],
    ['1900-03-01T00:00Z', -2_203_891_200_000],
  ])('written as %s is %i', (text, epochMs) => {
    expect(parseTimestamp(text)).toBe(epochMs)
  })

  test.each([
    ['2023-01-22T12:00:00.9999999999999999999999Z', '2023-01-22T12:00:00.999Z'],
    ['2023-01-22T12:00:00.0009Z', '2023-01-22T12:00:00Z'],
    ['2023-01-22T12:00:00.0019Z', '2023-01-22T12:00:00.001Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
  ])('has its fraction cut, not rounded: %s is %s', (text, cut) => {
    expect(formatTimestamp(parseTimestamp(text))).toBe(cut)
  })

  test.each([
    '',
    ' ',
    'yesterday',
    '1674389379000',
    'sixteen garbage!',
    '2023-01-22',
    '2023-01-22T',
    '2023-01-22 12',
    '2023-01-22 12:9',
    '2023-1-22 12:09:39',
    '23-01-22 12:09:39 UTC',
    '22/01/2023 12:09:39',
    '2023/01/22 12:09:39',
    '2023-13-01 00:00:00',
    '2023-00-01 00:00:00',
    '2023-01-00 00:00:00',
    '2023-01-32 00:00:00',
    '2023-04-31 00:00:00',
    '2023-02-29 00:00:00',
    '2023-02-30 00:00:00',
    '1900-02-29 00:00:00',
    '2100-02-29 00:00:00',
    '2023-01-22 24:00:00',
    '2023-01-22 25:00',
    '2023-01-22 12:60',
    '2023-01-22 12:09:60',
    '2023-01-22 12:09:',
    '2023-01-22 12:09:3',
    '2023-01-22 12:09:39.',
    '2023-01-22 12:09:39. UTC',
    '2023-01-22 12:09:39,388 UTC',
    '2023-01-22 12:09.5',
    '2023-01-22 12:09:39 PST',
    '2023-01-22 12:09:39 GMT',
    '2023-01-22 12:09:39 utc',
    '2023-01-22 12:09:39z',
    '2023-01-22t12:09:39Z',
    '2023-01-22_12:09:39Z',
    '2023-01-22T12:09:39+5:00',
    '2023-01-22T12:09:39+05',
    '2023-01-22T12:09:39+0500',
    '2023-01-22T12:09:39+24:00',
    '2023-01-22T12:09:39+05:60',
    '2023-01-22T12:09:39+05:00:00',
    '2023-01-22T12:09:39Z+05:00',
    '2023-01-22T12:09:39ZZ',
    '2023-01-22T12:09:39UTC UTC',
    '2023-01-22T12:09:39  UTC',
    '2023-01-22T12:09:39 ',
    '2023-01-22T12:09:39Z ',
    ' 2023-01-22T12:09:39Z',
    '2023-01-22T12:09:39Z and more',
    '2023-01-22T12:09:39[UTC]',
    '-2023-01-22T12:09:39Z',
    '+002023-01-22T12:09:39Z',
    '2023-01-22T-1:09:39Z',
    '２０２３-01-22T12:09:39Z',
  ])('"%s" is none', (text) => {
    expect(parseTimestamp(text)).toBeNaN()
  })
})

describe('a timestamp written out', () => {
  test('has milliseconds only where there are any', () => {
    expect(formatTimestamp(1_674_389_379_000)).toBe('2023-01-22T12:09:39Z')
    expect(formatTimestamp(1_674_389_379_080)).toBe('2023-01-22T12:09:39.080Z')
    expect(formatTimestamp(-1)).toBe('1969-12-31T23:59:59.999Z')
  })

  test('is read back as the same instant', () => {
    const anInstant = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })
    fc.assert(
      fc.property(anInstant, (epochMs) => {
        expect(parseTimestamp(formatTimestamp(epochMs))).toBe(epochMs)
      }),
      { seed, numRuns: 2000 },
    )
  })
})

function padded(value: number, length: number): string {
  return String(value).padStart(length, '0')
}
