import { expect, test } from 'vitest'
import { nextPullAt, nextScheduled, retryAfterMs } from '../../../server/ingest/pulling/schedule.ts'

const ms = (instant: string) => Date.parse(instant)

test('a schedule is of its zone, also where the clocks change', () => {
  const at = (schedule: string, zone: string, after: string) =>
    new Date(nextScheduled({ schedule, zone }, ms(after))!).toISOString()
  expect(at('0 3 * * *', 'UTC', '2026-10-05T09:00:00Z')).toBe('2026-10-06T03:00:00.000Z')
  expect(at('0 3 * * *', 'America/Chicago', '2026-10-05T09:00:00Z')).toBe('2026-10-06T08:00:00.000Z')
  expect(at('0 3 * * *', 'America/Chicago', '2026-11-01T12:00:00Z')).toBe('2026-11-02T09:00:00.000Z')
  expect(at('*/5 * * * *', 'UTC', '2026-10-05T09:05:00Z')).toBe('2026-10-05T09:10:00.000Z')
})

test('a source is pulled at once before the first time, then by schedule, and before it where it failed', () => {
  const hourly = { schedule: '0 * * * *', zone: 'UTC' }
  expect(nextPullAt(hourly, { lastAttemptAt: null, retryAt: null }, 0)).toBe(0)
  const lastAttemptAt = ms('2026-10-05T09:00:10Z')
  const nowMs = lastAttemptAt
  expect(nextPullAt(hourly, { lastAttemptAt, retryAt: null }, lastAttemptAt - 3_600_000)).toBe(0)
  expect(nextPullAt(hourly, { lastAttemptAt, retryAt: null }, nowMs)).toBe(ms('2026-10-05T10:00:00Z'))
  const retryAt = lastAttemptAt + 60_000
  expect(nextPullAt(hourly, { lastAttemptAt, retryAt }, nowMs)).toBe(retryAt)
  expect(nextPullAt(hourly, { lastAttemptAt, retryAt: ms('2026-10-05T11:00:00Z') }, nowMs)).toBe(
    ms('2026-10-05T10:00:00Z'),
  )
  expect(
    nextPullAt({ schedule: '0 0 0 1 1 * 2020', zone: 'UTC' }, { lastAttemptAt, retryAt: null }, nowMs),
  ).toBe(Infinity)
})

test('failures wait longer each time, not all at the same moment, and in the end for the schedule', () => {
  expect([1, 2, 3, 5].map((failures) => retryAfterMs(failures, 5, 0.5))).toEqual([
    30_000, 60_000, 120_000, 480_000,
  ])
  expect(retryAfterMs(1, 5, 0)).toBe(15_000)
  expect(retryAfterMs(1, 5, 0.999)).toBeLessThan(45_000)
  expect(retryAfterMs(20, 20, 0.5)).toBe(3_600_000)
  expect(retryAfterMs(6, 5, 0.5)).toBeUndefined()
  expect(retryAfterMs(1, 0, 0.5)).toBeUndefined()
})
