import { expect, test } from 'vitest'
import { quietUntilMs } from '../../server/alerts/quiet-hours.ts'

const night = { from: 22 * 60, to: 7 * 60 }

test.each([
  ['UTC', '2026-10-05T21:59:59Z', undefined],
  ['UTC', '2026-10-05T22:00:00Z', '2026-10-06T07:00:00.000Z'],
  ['UTC', '2026-10-06T06:59:30Z', '2026-10-06T07:00:00.000Z'],
  ['UTC', '2026-10-06T07:00:00Z', undefined],
  ['Asia/Kathmandu', '2026-10-05T16:15:00Z', '2026-10-06T01:15:00.000Z'],
  // Clocks go back at 3:00, and forward at 2:00.
  ['Europe/Berlin', '2026-10-24T20:30:00Z', '2026-10-25T06:00:00.000Z'],
  ['Europe/Berlin', '2027-03-27T21:30:00Z', '2027-03-28T05:00:00.000Z'],
])('in %s it is quiet at %s until %s', (zone, now, until) => {
  const ms = quietUntilMs(night, zone, Date.parse(now))
  expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(until)
})

test('quiet hours may be within a day', () => {
  const noon = { from: 12 * 60, to: 13 * 60 + 30 }
  expect(quietUntilMs(noon, 'UTC', Date.parse('2026-10-05T13:29:00Z'))).toBe(
    Date.parse('2026-10-05T13:30:00Z'),
  )
  expect(quietUntilMs(noon, 'UTC', Date.parse('2026-10-05T13:30:00Z'))).toBeUndefined()
  expect(quietUntilMs(undefined, 'UTC', 0)).toBeUndefined()
})
