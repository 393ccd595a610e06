import { expect, test } from 'vitest'
import { explainPage } from '../../client/cli/explain-page.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Timeline } from '../../shared/timeline.ts'

const HOUR_MS = 3_600_000

const timeline: Timeline = {
  storeId: 'chicago-18' as StoreId,
  since: '2026-11-02T06:00:00.000Z',
  until: '2026-11-04T06:00:00.000Z',
  asOf: '2026-11-04T06:00:00.000Z',
  totals: {
    uptimeMs: 9 * HOUR_MS,
    downtimeMs: 2 * HOUR_MS,
    unknownMs: HOUR_MS,
    excusedMs: 0,
    uptimePercent: 81.82,
  },
  segments: [
    segment('2026-11-02T06:00', '2026-11-02T15:00', 'closed'),
    segment('2026-11-02T15:00', '2026-11-02T19:00', 'up'),
    segment('2026-11-02T19:00', '2026-11-02T21:00', 'down'),
    segment('2026-11-02T21:00', '2026-11-03T15:00', 'closed'),
    segment('2026-11-03T15:00', '2026-11-03T16:00', 'unknown'),
    segment('2026-11-03T16:00', '2026-11-03T21:00', 'up'),
    segment('2026-11-03T21:00', '2026-11-04T06:00', 'closed'),
  ],
  polls: [],
  outages: [
    {
      storeId: 'chicago-18' as StoreId,
      start: '2026-11-02T19:00:00.000Z',
      end: '2026-11-02T21:00:00.000Z',
      downtimeMs: 2 * HOUR_MS,
      shortestMs: HOUR_MS,
      longestMs: 2.5 * HOUR_MS,
      firstPoll: '2026-11-02T19:20:00.000Z',
      lastPoll: '2026-11-02T20:20:00.000Z',
    },
  ],
  salesAtRisk: null,
  rules: [
    { what: 'hours', from: '2026-10-01T05:00:00.000Z', text: 'every day 09:00–15:00' },
    { what: 'zone', from: null, text: 'America/Chicago, −06:00' },
  ],
  offsets: [{ start: '2026-11-02T06:00:00.000Z', timezone: 'America/Chicago', offsetMs: -6 * HOUR_MS }],
}

function segment(
  start: string,
  end: string,
  status: Timeline['segments'][number]['status'],
): Timeline['segments'][number] {
  return { start: `${start}:00.000Z`, end: `${end}:00.000Z`, status, poll: null }
}

test('a timeline is a page that says what happened in local time', () => {
  expect(explainPage(timeline).split('\n')).toEqual([
    'chicago-18: up 9.0 of 12.0 business hours, 1.0 unknown; the longest outage began on Mon 2026-11-02 13:00, seen at 13:20.',
    '',
    '                0     3     6     9     12    15    18    21    24',
    'Mon 2026-11-02                    ████████▁▁▁▁',
    'Tue 2026-11-03                    ░░██████████',
    '                █ up  ▁ down  ░ unknown  ▒ excused, by half hours of local time',
    '',
    'Outages, in local time:',
    '  Mon 2026-11-02 13:00 to Mon 2026-11-02 15:00: 2 h 0 min (at least 1 h 0 min, at most 2 h 30 min); inactive polls from Mon 2026-11-02 13:20 to Mon 2026-11-02 14:20',
    '',
    'hours: every day 09:00–15:00, since Wed 2026-09-30 23:00',
    'zone: America/Chicago, −06:00',
    '',
  ])
})

test('a window without business time or outages has no outages to tell of', () => {
  const page = explainPage({ ...timeline, outages: [], segments: timeline.segments.slice(0, 1) })
  expect(page).toContain('; no outage.\n')
  expect(page).not.toContain('Outages, in local time')
})

test('it says what was lost, where that is known', () => {
  const salesAtRisk = {
    currency: 'EUR',
    low: 180,
    middle: 720,
    high: 1200,
    basis: 'day-type',
    unpricedMs: 0,
  } as const
  expect(explainPage({ ...timeline, salesAtRisk }).split('\n')[1]).toBe(
    'Lost while it was down: EUR 180 to 1,200, most likely 720 (by orders of such days).',
  )
})
