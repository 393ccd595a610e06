import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localDays, momentAt, placeOf, spansIn } from '../../../../client/web/charts/timeline/local-days.ts'

const HOUR_MS = 3_600_000
const chicago = (start: string, hours: number) => ({
  start,
  timezone: 'America/Chicago',
  offsetMs: hours * HOUR_MS,
})

const plain = {
  since: '2026-11-03T06:00:00.000Z',
  until: '2026-11-05T06:00:00.000Z',
  offsets: [chicago('2026-11-03T06:00:00.000Z', -6)],
}
/** The clocks go from 2:00 back to 1:00 at 7:00 UTC. */
const autumn = {
  since: '2026-11-01T05:00:00.000Z',
  until: '2026-11-02T06:00:00.000Z',
  offsets: [chicago('2026-11-01T05:00:00.000Z', -5), chicago('2026-11-01T07:00:00.000Z', -6)],
}
/** The clocks go from 2:00 on to 3:00 at 8:00 UTC. */
const spring = {
  since: '2026-03-08T06:00:00.000Z',
  until: '2026-03-09T05:00:00.000Z',
  offsets: [chicago('2026-03-08T06:00:00.000Z', -6), chicago('2026-03-08T08:00:00.000Z', -5)],
}
const ms = Date.parse

describe('local dates of a timeline', () => {
  test('are rows from midnight to midnight of the store', () => {
    const days = localDays(plain)
    expect(days.map(({ date, hours }) => [date, hours])).toEqual([
      ['2026-11-03', 24],
      ['2026-11-04', 24],
    ])
    expect(spansIn(days[0]!, ms('2026-11-03T18:00:00Z'), ms('2026-11-04T12:00:00Z'))).toEqual([
      { from: 0.5, to: 1 },
    ])
    expect(spansIn(days[1]!, ms('2026-11-03T18:00:00Z'), ms('2026-11-04T12:00:00Z'))).toEqual([
      { from: 0, to: 0.25 },
    ])
  })

  test('have the hour that comes twice in two halves, one after the other', () => {
    const [day] = localDays(autumn)
    expect(day).toMatchObject({ hours: 25, changes: [{ from: 1 / 24, to: 2 / 24, isRepeated: true }] })
    expect(spansIn(day!, ms('2026-11-01T06:00:00Z'), ms('2026-11-01T07:00:00Z'))).toEqual([
      { from: 1 / 24, to: 1.5 / 24 },
    ])
    expect(spansIn(day!, ms('2026-11-01T07:00:00Z'), ms('2026-11-01T08:00:00Z'))).toEqual([
      { from: 1.5 / 24, to: 2 / 24 },
    ])
  })

  test('have nothing where the clocks leave an hour out', () => {
    const [day] = localDays(spring)
    expect(day).toMatchObject({ hours: 23, changes: [{ from: 2 / 24, to: 3 / 24, isRepeated: false }] })
    expect(spansIn(day!, ms('2026-03-08T07:00:00Z'), ms('2026-03-08T09:00:00Z'))).toEqual([
      { from: 1 / 24, to: 2 / 24 },
      { from: 3 / 24, to: 4 / 24 },
    ])
  })

  test.each([
    ['a plain day', plain],
    ['the day of 25 hours', autumn],
    ['the day of 23 hours', spring],
  ])('give each moment of %s one place, and the place that moment', (_, window) => {
    const days = localDays(window)
    fc.assert(
      fc.property(fc.integer({ min: ms(window.since), max: ms(window.until) - 1 }), (at) => {
        const place = placeOf(days, at)!
        expect(Math.abs(momentAt(days[place.row]!, place.at) - at)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('answer a place that has no moment with the nearest', () => {
    const [day] = localDays({ ...plain, since: '2026-11-03T18:00:00.000Z' })
    expect(momentAt(day!, 0.1)).toBe(ms('2026-11-03T18:00:00Z'))
    expect(momentAt(day!, 2)).toBe(ms('2026-11-04T06:00:00Z') - 1)
  })

  test('take a store that moves by many hours to both of its dates', () => {
    const moved = {
      since: '2026-11-03T00:00:00.000Z',
      until: '2026-11-04T00:00:00.000Z',
      offsets: [
        { start: '2026-11-03T00:00:00.000Z', timezone: 'Pacific/Kiritimati', offsetMs: 14 * HOUR_MS },
        { start: '2026-11-03T12:00:00.000Z', timezone: 'Pacific/Pago_Pago', offsetMs: -11 * HOUR_MS },
      ],
    }
    const days = localDays(moved)
    expect(days.map(({ date }) => date)).toEqual(['2026-11-03', '2026-11-04'])
    expect(
      days.flatMap(({ pieces }) => pieces).reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
    ).toBe(24 * HOUR_MS)
  })
})
