import { expect, test } from 'vitest'
import { latestPeriod, periodAfter, periodOfDate } from '../../server/digests/digest-period.ts'

const STEP_MS = 30 * 60_000
const DAY_MS = 86_400_000

const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

test.each(['Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe', 'UTC'])(
  'in %s each day is due once, in order and whatever becomes of clocks',
  (zone) => {
    const seasons = [
      [Date.UTC(2026, 2, 5), Date.UTC(2026, 3, 28)],
      [Date.UTC(2026, 8, 30), Date.UTC(2026, 10, 5)],
    ] as const
    for (const [at, [fromMs, toMs]] of ['00:00', '02:15', '02:30', '23:45'].flatMap((time) =>
      seasons.map((season) => [time, season] as const),
    )) {
      const schedule = { every: 'day', at: minutes(at), zone } as const
      const due: string[] = []
      for (let ms = fromMs; ms < toMs; ms += STEP_MS) {
        const { name } = latestPeriod(schedule, ms)
        if (due.at(-1) !== name) due.push(name)
      }
      const first = Date.parse(due[0]!)
      expect(due).toEqual(
        due.map((_, day) => new Date(first + day * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)),
      )
      expect(due.length).toBeGreaterThan(35)
    }
  },
)

test.each([
  // Clocks go from 02:00 to 03:00: there is no 02:30, and it is as much later.
  ['2026-03-29', '02:30', '2026-03-29T01:30:00Z', 24],
  ['2026-03-30', '07:00', '2026-03-30T05:00:00Z', 23],
  // Clocks go back from 03:00 to 02:00: there is 02:30 twice, and it is the first.
  ['2026-10-25', '02:30', '2026-10-25T00:30:00Z', 24],
  ['2026-10-26', '07:00', '2026-10-26T06:00:00Z', 25],
] as const)('what is told in Berlin on %s at %s is told at %s, of %i hours', (date, at, due, hours) => {
  const schedule = { every: 'day', at: minutes(at), zone: 'Europe/Berlin' } as const
  const dueMs = Date.parse(due)
  const period = latestPeriod(schedule, dueMs)
  expect(period.dueMs).toBe(dueMs)
  expect(period.to < date).toBe(true)
  expect((period.endMs - period.startMs) / 3_600_000).toBe(hours)
  expect(latestPeriod(schedule, dueMs - 1).dueMs).toBeLessThan(dueMs)
  expect(periodAfter(schedule, latestPeriod(schedule, dueMs - 1))).toEqual(period)
})

test('a week is from Monday to Sunday, is told on the Monday after, and has the number that reports give it', () => {
  const schedule = { every: 'week', at: minutes('07:00'), zone: 'Europe/Berlin' } as const
  const period = {
    name: '2025-W52',
    nameBefore: '2025-W51',
    fromBefore: '2025-12-15',
    from: '2025-12-22',
    to: '2025-12-28',
    startMs: Date.parse('2025-12-21T23:00:00Z'),
    endMs: Date.parse('2025-12-28T23:00:00Z'),
    dueMs: Date.parse('2025-12-29T06:00:00Z'),
  }
  expect(latestPeriod(schedule, period.dueMs)).toEqual(period)
  expect(latestPeriod(schedule, Date.parse('2026-01-05T05:59:59Z'))).toEqual(period)
  expect(latestPeriod(schedule, Date.parse('2026-01-05T06:00:00Z')).name).toBe('2026-W01')
  expect(periodOfDate(schedule, '2025-12-28')).toEqual(period)
  expect(periodOfDate(schedule, '2025-12-22')).toEqual(period)
  expect(periodAfter(schedule, period).from).toBe('2025-12-29')
})
