import { expect, test } from 'vitest'
import type { Timeline } from '../../../../shared/timeline.ts'
import { momentInWords, movedBy } from '../../../../client/web/charts/timeline/cursor.ts'
import { pollsCsv } from '../../../../client/web/screens/store/polls-csv.ts'
import { instantOfLocal, localInputOf } from '../../../../client/web/screens/store/local-input.ts'

const HOUR_MS = 3_600_000
const ms = Date.parse
const offsets = [
  { start: '2026-11-01T05:00:00.000Z', timezone: 'America/Chicago', offsetMs: -5 * HOUR_MS },
  { start: '2026-11-01T07:00:00.000Z', timezone: 'America/Chicago', offsetMs: -6 * HOUR_MS },
]
const timeline = {
  storeId: 'soup-1',
  since: '2026-11-01T05:00:00.000Z',
  until: '2026-11-03T06:00:00.000Z',
  segments: [
    { start: '2026-11-01T05:00:00.000Z', end: '2026-11-01T15:00:00.000Z', status: 'closed', poll: null },
    {
      start: '2026-11-01T15:00:00.000Z',
      end: '2026-11-01T16:00:00.000Z',
      status: 'up',
      poll: '2026-11-01T15:10:00.000Z',
    },
    {
      start: '2026-11-01T16:00:00.000Z',
      end: '2026-11-01T17:00:00.000Z',
      status: 'up',
      poll: '2026-11-01T16:20:00.000Z',
    },
    {
      start: '2026-11-01T17:00:00.000Z',
      end: '2026-11-01T19:00:00.000Z',
      status: 'down',
      poll: '2026-11-01T18:00:00.000Z',
    },
    { start: '2026-11-01T19:00:00.000Z', end: '2026-11-03T06:00:00.000Z', status: 'unknown', poll: null },
  ],
  polls: [
    { at: '2026-11-01T15:10:00.000Z', status: 'active', silence: null },
    { at: '2026-11-01T16:20:00.000Z', status: 'active', silence: null },
    { at: '2026-11-01T18:00:00.000Z', status: 'inactive', silence: null },
  ],
  offsets,
} as unknown as Timeline

test.each([
  ['ArrowLeft', '2026-11-01T15:07:00Z', '2026-11-01T15:00:00Z'],
  ['ArrowLeft', '2026-11-01T15:00:00Z', '2026-11-01T14:45:00Z'],
  ['ArrowRight', '2026-11-01T15:07:00Z', '2026-11-01T15:15:00Z'],
  ['ArrowRight', '2026-11-01T15:15:00Z', '2026-11-01T15:30:00Z'],
  ['ArrowDown', '2026-11-01T06:30:00Z', '2026-11-02T07:30:00Z'],
  ['ArrowUp', '2026-11-02T18:00:00Z', '2026-11-01T18:00:00Z'],
  ['ArrowUp', '2026-11-01T18:00:00Z', '2026-11-01T05:00:00Z'],
  ['PageDown', '2026-11-01T15:00:00Z', '2026-11-01T17:00:00Z'],
  ['PageUp', '2026-11-01T18:30:00Z', '2026-11-01T17:00:00Z'],
  ['PageUp', '2026-11-01T15:00:00Z', '2026-11-01T05:00:00Z'],
  ['Home', '2026-11-01T18:30:00Z', '2026-11-01T05:00:00Z'],
])('%s leads from %s to %s', (key, from, to) => {
  expect(new Date(movedBy(key, ms(from), timeline)!).toISOString()).toBe(new Date(to).toISOString())
})

test('End, and what is beyond it, is the last moment of the window; other keys are for others', () => {
  expect(movedBy('End', ms(timeline.since), timeline)).toBe(ms(timeline.until) - 1)
  expect(movedBy('ArrowRight', ms(timeline.until) - 1, timeline)).toBe(ms(timeline.until) - 1)
  expect(movedBy('PageDown', ms('2026-11-02T00:00:00Z'), timeline)).toBe(ms(timeline.until) - 1)
  expect(movedBy('j', ms(timeline.since), timeline)).toBeUndefined()
})

test.each([
  ['2026-11-01T17:39:00Z', 'Sun 2026-11-01 11:39: down, by the poll at 12:00 (inactive), 21 min away'],
  ['2026-11-01T15:10:20Z', 'Sun 2026-11-01 09:10: up, by the poll at 09:10 (active), at that minute'],
  ['2026-11-01T18:30:00Z', 'Sun 2026-11-01 12:30: down, by the poll at 12:00 (inactive), 30 min away'],
  ['2026-11-02T15:00:00Z', 'Mon 2026-11-02 09:00: unknown, no poll speaks for it'],
  ['2026-11-01T06:00:00Z', 'Sun 2026-11-01 01:00: closed'],
])('of %s is said: %s', (at, words) => {
  expect(momentInWords(timeline, ms(at))).toBe(words)
})

test('the polls are a file that can be imported', () => {
  expect(pollsCsv(timeline)).toBe(
    'store_id,status,timestamp_utc\n' +
      'soup-1,active,2026-11-01T15:10:00.000Z\nsoup-1,active,2026-11-01T16:20:00.000Z\nsoup-1,inactive,2026-11-01T18:00:00.000Z\n',
  )
})

test('a time of a form is of the clocks of the store', () => {
  expect(localInputOf(ms('2026-11-01T17:39:00Z'), offsets)).toBe('2026-11-01T11:39')
  expect(instantOfLocal('2026-11-01T11:39', offsets)).toBe('2026-11-01T17:39:00.000Z')
  // The clocks show it twice.
  expect(instantOfLocal('2026-11-01T01:30', offsets)).toBe('2026-11-01T06:30:00.000Z')
  expect(instantOfLocal('tomorrow', offsets)).toBeUndefined()
})
