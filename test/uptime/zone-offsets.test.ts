import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { ianaZoneName, instantOfLocal, zoneOffsets } from '../../server/uptime/zone-offsets.ts'
import { ms } from '../support/judged-store.ts'
import { slowInstantOfLocal } from '../support/slow-twin.ts'
import { allZones, clockChanges } from '../support/zones.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

describe('a local time becomes the instant that Temporal calls compatible', () => {
  test('around every clock change of every zone from 1970 to 2037', () => {
    const wrong: string[] = []
    let compared = 0
    for (const timezone of allZones) {
      for (const changeMs of clockChanges(timezone)) {
        const offsets = zoneOffsets(timezone, changeMs - 3 * DAY_MS, changeMs + 3 * DAY_MS)
        for (const localMs of localTimesAround(timezone, changeMs)) {
          const local = plainDateTime(localMs)
          const offByMs = instantOfLocal(offsets, localMs) - slowInstantOfLocal(local, timezone)
          compared++
          if (offByMs !== 0) wrong.push(`${timezone} ${local.toString()}: ${offByMs} ms off`)
        }
      }
    }
    expect(wrong).toEqual([])
    expect(compared).toBeGreaterThan(100_000)
  }, 60_000)

  test('with the offsets of seven decades at once', () => {
    const wrong: string[] = []
    for (const timezone of allZones) {
      const offsets = zoneOffsets(timezone, ms('1970-01-01T00:00Z'), ms('2038-01-01T00:00Z'))
      const changes = clockChanges(timezone)
      for (const changeMs of [changes[0], changes[changes.length >>> 1], changes.at(-1)]) {
        if (changeMs === undefined) continue
        for (const localMs of localTimesAround(timezone, changeMs)) {
          if (instantOfLocal(offsets, localMs) !== slowInstantOfLocal(plainDateTime(localMs), timezone)) {
            wrong.push(`${timezone} ${plainDateTime(localMs).toString()}`)
          }
        }
      }
    }
    expect(wrong).toEqual([])
  })

  test('at any time in any zone, also long before 1970', () => {
    const anyLocalMs = fc.integer({ min: Date.UTC(1880, 0, 1), max: Date.UTC(2060, 0, 1) })
    fc.assert(
      fc.property(fc.constantFrom(...allZones), anyLocalMs, (timezone, localMs) => {
        const offsets = zoneOffsets(timezone, localMs - 3 * DAY_MS, localMs + 3 * DAY_MS)
        expect(instantOfLocal(offsets, localMs)).toBe(slowInstantOfLocal(plainDateTime(localMs), timezone))
      }),
      { seed: 20_230_125, numRuns: 3000 },
    )
  })

  test.each([
    // zone, local time, instant
    ['America/Chicago', '2023-03-12 02:30', '2023-03-12T08:30:00Z', 'skipped: taken as 03:30'],
    ['America/Chicago', '2023-03-12 02:00', '2023-03-12T08:00:00Z', 'the first skipped minute'],
    ['America/Chicago', '2023-03-12 03:00', '2023-03-12T08:00:00Z', 'the first after the gap'],
    ['America/Chicago', '2023-11-05 01:30', '2023-11-05T06:30:00Z', 'repeated: the first one, at -05:00'],
    ['America/Chicago', '2023-11-05 02:00', '2023-11-05T08:00:00Z', 'the first not repeated'],
    ['Australia/Lord_Howe', '2023-10-01 02:15', '2023-09-30T15:45:00Z', 'a gap of half an hour'],
    ['Australia/Lord_Howe', '2023-04-02 01:45', '2023-04-01T14:45:00Z', 'an overlap of half an hour'],
    ['Pacific/Apia', '2011-12-30 12:00', '2011-12-30T22:00:00Z', 'the Friday that Samoa never had'],
    ['America/Sao_Paulo', '2018-11-04 00:00', '2018-11-04T03:00:00Z', 'a midnight that does not exist'],
    ['America/St_Johns', '2006-10-29 00:00', '2006-10-29T02:30:00Z', 'the midnight before a change at 00:01'],
    ['America/St_Johns', '2006-10-28 23:30', '2006-10-29T02:00:00Z', 'repeated on the day before'],
    ['Asia/Kathmandu', '1986-01-01 00:05', '1985-12-31T18:35:00Z', 'a gap of a quarter of an hour'],
    ['Africa/Monrovia', '1972-01-07 00:30', '1972-01-07T01:14:30Z', 'an offset with seconds'],
    ['Pacific/Kwajalein', '1993-08-21 06:00', '1993-08-21T18:00:00Z', 'the Saturday it skipped'],
  ])('%s %s is %s: %s', (timezone, local, instant) => {
    const localMs = ms(local)
    const offsets = zoneOffsets(timezone, localMs - 3 * DAY_MS, localMs + 3 * DAY_MS)
    expect(instantOfLocal(offsets, localMs)).toBe(ms(instant))
  })
})

describe('the offsets of a zone', () => {
  test('have one era where no clock changes', () => {
    const offsets = zoneOffsets('Asia/Kolkata', ms('2023-01-01T00:00Z'), ms('2024-01-01T00:00Z'))
    expect(offsets).toEqual({ startsMs: [-Infinity], offsetsMs: [5.5 * HOUR_MS] })
  })

  test('include a change at the last instant asked for', () => {
    const changeMs = ms('2023-03-12T08:00:00Z')
    const [winter, summer] = [-6 * HOUR_MS, -5 * HOUR_MS]
    const { offsetsMs, startsMs } = zoneOffsets('America/Chicago', changeMs - DAY_MS, changeMs)
    expect(startsMs).toEqual([-Infinity, changeMs])
    expect(offsetsMs).toEqual([winter, summer])
    expect(zoneOffsets('America/Chicago', changeMs - DAY_MS, changeMs - 1).offsetsMs).toEqual([winter])
    expect(zoneOffsets('America/Chicago', changeMs, changeMs + DAY_MS).offsetsMs).toEqual([summer])
  })

  test('are refused for a zone that does not exist', () => {
    expect(() => zoneOffsets('Mars/Olympus', 0, 1)).toThrow(RangeError)
  })
})

describe('the name of a zone', () => {
  test('is itself for every zone', () => {
    expect(allZones.map(ianaZoneName)).toEqual(allZones)
  })

  test.each([
    ['america/chicago', 'America/Chicago'],
    ['US/CENTRAL', 'US/Central'],
    ['utc', 'UTC'],
    ['etc/gmt+12', 'Etc/GMT+12'],
  ])('%s is spelled %s', (written, name) => {
    expect(ianaZoneName(written)).toBe(name)
  })

  test.each([
    '',
    ' ',
    'Mars/Olympus',
    '+05:30',
    '-0600',
    'Z',
    'America/Chicago ',
    'America',
    'T00:00[America/Chicago]',
    'T0000+0530',
    '2023-01-01[America/Chicago]',
    '2023-01-01T00:00Z',
  ])('"%s" is none', (written) => {
    expect(ianaZoneName(written)).toBeUndefined()
  })
})

/** Local times at and around a change, in the gap or overlap, and the midnights near it. */
function localTimesAround(timezone: string, changeMs: number): number[] {
  const zoned = Temporal.Instant.fromEpochMilliseconds(changeMs).toZonedDateTimeISO(timezone)
  const before = zoned.subtract({ milliseconds: 1 })
  const afterMs = changeMs + zoned.offsetNanoseconds / 1e6
  const beforeMs = changeMs + before.offsetNanoseconds / 1e6
  const midnightMs = Math.floor(afterMs / DAY_MS) * DAY_MS
  const deltas = [-30 * MINUTE_MS, -1, 0, 1, 30 * MINUTE_MS]
  return [
    ...deltas.flatMap((delta) => [beforeMs + delta, afterMs + delta]),
    Math.floor((beforeMs + afterMs) / 2),
    ...[-1, 0, 1, 2].map((days) => midnightMs + days * DAY_MS),
  ]
}

function plainDateTime(localMs: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime()
}
