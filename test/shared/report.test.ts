import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentColumns, reportColumns, reportWindows, uptimePercent } from '../../shared/report-columns.ts'
import { reportOptions } from '../../shared/report.ts'

const WEEK_MS = 604_800_000

describe('an uptime percentage', () => {
  test('is null where nothing was observed', () => {
    expect(uptimePercent(0, 0)).toBeNull()
  })

  test('is 100 only without any downtime, and 0 only without any uptime', () => {
    expect(uptimePercent(WEEK_MS, 0)).toBe(100)
    expect(uptimePercent(1, 0)).toBe(100)
    expect(uptimePercent(WEEK_MS - 1, 1)).toBe(99.99)
    expect(uptimePercent(0, WEEK_MS)).toBe(0)
    expect(uptimePercent(0, 1)).toBe(0)
    expect(uptimePercent(1, WEEK_MS - 1)).toBe(0.01)
  })

  test.each([
    [1, 1, 50],
    [1, 2, 33.33],
    [2, 1, 66.67],
    [99_994, 6, 99.99],
    [99_995, 5, 99.99],
    [12_344, 87_656, 12.34],
    [12_346, 87_654, 12.35],
  ])('of %i ms up and %i ms down is %f', (uptimeMs, downtimeMs, percent) => {
    expect(uptimePercent(uptimeMs, downtimeMs)).toBe(percent)
  })

  test('is within half a hundredth of the share, and away from 0 and 100', () => {
    const aTotal = fc.integer({ min: 1, max: WEEK_MS })
    fc.assert(
      fc.property(aTotal, aTotal, (uptimeMs, downtimeMs) => {
        const percent = uptimePercent(uptimeMs, downtimeMs)!
        const share = (100 * uptimeMs) / (uptimeMs + downtimeMs)
        const shown = Math.min(99.99, Math.max(0.01, share))
        expect(Math.abs(percent - shown)).toBeLessThanOrEqual(0.005 + 1e-9)
        expect(percent).toBe(Number(percent.toFixed(2)))
      }),
      { seed: 20_230_125, numRuns: 2000 },
    )
  })
})

describe('the columns of a report', () => {
  test('have the headers that existing readers of the CSV know, in their order', () => {
    const headers = reportColumns.filter(({ isExtended }) => !isExtended).map(({ header }) => header)
    expect(['store_id', ...headers].join(',')).toBe(
      'store_id,uptime_last_hour(in minutes),uptime_last_day(in hours),uptime_last_week(in hours),' +
        'downtime_last_hour(in minutes),downtime_last_day(in hours),downtime_last_week(in hours)',
    )
  })

  test('are followed by unknown and excused time and percentages where all are asked for', () => {
    expect(reportColumns.slice(6).map(({ header, isExtended }) => [header, isExtended])).toEqual([
      ['unknown_last_hour(in minutes)', true],
      ['unknown_last_day(in hours)', true],
      ['unknown_last_week(in hours)', true],
      ['excused_last_hour(in minutes)', true],
      ['excused_last_day(in hours)', true],
      ['excused_last_week(in hours)', true],
    ])
    expect(percentColumns.map(({ header }) => header)).toEqual([
      'uptime_last_hour(in percent)',
      'uptime_last_day(in percent)',
      'uptime_last_week(in percent)',
    ])
  })

  test('count the last hour in minutes and the rest in hours', () => {
    expect(reportColumns.map(({ key, unitMs }) => [key, unitMs])).toEqual([
      ['uptimeLastHourMs', 60_000],
      ['uptimeLastDayMs', 3_600_000],
      ['uptimeLastWeekMs', 3_600_000],
      ['downtimeLastHourMs', 60_000],
      ['downtimeLastDayMs', 3_600_000],
      ['downtimeLastWeekMs', 3_600_000],
      ['unknownLastHourMs', 60_000],
      ['unknownLastDayMs', 3_600_000],
      ['unknownLastWeekMs', 3_600_000],
      ['excusedLastHourMs', 60_000],
      ['excusedLastDayMs', 3_600_000],
      ['excusedLastWeekMs', 3_600_000],
    ])
  })

  test('look back an hour, 24 hours and 168 hours', () => {
    expect(reportWindows.map(({ lengthMs }) => lengthMs)).toEqual([3_600_000, 86_400_000, WEEK_MS])
  })
})

describe('report options', () => {
  test('are the nearest poll within a day, as of the latest poll, unless said otherwise', () => {
    expect(reportOptions.parse({})).toEqual({
      interpolation: 'nearest',
      reach: 86_400_000,
      corrections: 'applied',
    })
  })

  test('are read into milliseconds', () => {
    const written = { asOf: ' 2023-01-25T18:13:22+05:30 ', interpolation: 'previous', reach: 'PT90M' }
    expect(reportOptions.parse(written)).toEqual({
      asOf: Date.UTC(2023, 0, 25, 12, 43, 22),
      interpolation: 'previous',
      reach: 5_400_000,
      corrections: 'applied',
    })
  })

  test.each(['1m', '60s', '7d', 'P1W', '168h'])('take a reach of %s', (reach) => {
    expect(reportOptions.safeParse({ reach }).success).toBe(true)
  })

  test.each([
    [{ reach: '59s' }, 'reach "59s" is out of range: 1m to 7d is allowed'],
    [{ reach: '169h' }, 'reach "169h" is out of range: 1m to 7d is allowed'],
    [{ reach: 'soon' }, '"soon" is not a duration'],
    [{ by: 'day', from: '2023-01-16' }, 'is needed by a report by day: its last local date'],
    [{ from: '2023-01-16' }, 'is for a report by period'],
    [{ by: 'day', from: '2023-02-30', to: '2023-03-01' }, '"2023-02-30" is not a date: write YYYY-MM-DD'],
    [{ by: 'day', from: '2023-02-02', to: '2023-02-01' }, '2023-02-01 is before 2023-02-02'],
    [{ by: 'day', from: '2013-01-01', to: '2023-02-01' }, 'at most 3660 are allowed'],
    [{ asOf: 'yesterday' }, '"yesterday" is not an instant: write "2023-01-22 12:09:39.388884 UTC"'],
    [{ asOf: '2023-02-29T00:00Z' }, '"2023-02-29T00:00Z" is not an instant'],
  ])('refuse %o and say what is allowed', (options, message) => {
    expect(reportOptions.safeParse(options).error?.issues[0]?.message).toContain(message)
  })

  test('refuse what they do not know', () => {
    expect(reportOptions.safeParse({ interpolation: 'linear' }).success).toBe(false)
    expect(reportOptions.safeParse({ as_of: '2023-01-22T12:09:39Z' }).success).toBe(false)
  })
})
