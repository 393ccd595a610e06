import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findSegments, pollsIn } from '../../server/uptime/segments.ts'
import {
  aStore,
  hours,
  judgedDetailedStore,
  judgedInput,
  ms,
  polled,
  viewpoint,
  windowLengthsMs,
} from '../support/judged-store.ts'
import { slowPolls, slowSegments, withSchedule, type DetailedStore } from '../support/slow-twin.ts'
import { aDetailedScenario } from './scenario.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const seed = 20_230_125

const store = withSchedule(
  aStore({
    hours: hours('daily', '09:00-17:00'),
    polls: [
      polled('active', '2023-01-24T08:00Z'),
      polled('active', '2023-01-24T10:00Z'),
      polled('inactive', '2023-01-24T11:00Z'),
      polled('active', '2023-01-24T12:00Z'),
    ],
  }),
)
const day = { startMs: ms('2023-01-24T08:00Z'), endMs: ms('2023-01-24T18:00Z') }
const evening = viewpoint('2023-01-24T18:00Z', { reachMs: 90 * MINUTE_MS })

/** `09:00-10:30 up by 10:00`. */
function segments(of: DetailedStore, by = evening, window = day): string[] {
  return findSegments(
    judgedInput(of, by, { startMs: day.startMs - DAY_MS, endMs: day.endMs + 1 }),
    window,
  ).map(
    ({ startMs, endMs, status, pollMs }) =>
      `${time(startMs)}-${time(endMs)} ${status}${pollMs === null ? '' : ` by ${time(pollMs)}`}`,
  )
}

function time(epochMs: number): string {
  const minutes = (epochMs % DAY_MS) / MINUTE_MS
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

describe('the segments of a window', () => {
  test('cover it from end to end, each with the poll that speaks', () => {
    expect(segments(store)).toEqual([
      '08:00-09:00 closed',
      '09:00-10:30 up by 10:00',
      '10:30-11:30 down by 11:00',
      '11:30-13:30 up by 12:00',
      '13:30-17:00 unknown',
      '17:00-18:00 closed',
    ])
  })

  test('are cut by corrections, and an excused one still names its poll', () => {
    const corrections = [
      { kind: 'excused', fromMs: ms('2023-01-24T11:15Z'), toMs: ms('2023-01-24T14:00Z') },
      { kind: 'closed', fromMs: ms('2023-01-24T16:00Z'), toMs: ms('2023-01-24T16:30Z') },
    ] as const
    expect(segments({ ...store, corrections })).toEqual([
      '08:00-09:00 closed',
      '09:00-10:30 up by 10:00',
      '10:30-11:15 down by 11:00',
      '11:15-11:30 excused by 11:00',
      '11:30-13:30 excused by 12:00',
      '13:30-14:00 excused',
      '14:00-16:00 unknown',
      '16:00-16:30 closed',
      '16:30-17:00 unknown',
      '17:00-18:00 closed',
    ])
  })

  test('end with the instant that is looked back from, whose polls alone are known', () => {
    expect(segments(store, viewpoint('2023-01-24T11:30Z'))).toEqual([
      '08:00-09:00 closed',
      '09:00-10:30 up by 10:00',
      '10:30-11:30 down by 11:00',
    ])
    expect(segments(store, viewpoint('2023-01-24T07:00Z'))).toEqual([])
  })

  test('are those of the slow twin, and add up to the totals', { timeout: 120_000 }, () => {
    const lengthMs = windowLengthsMs.at(-1)!
    fc.assert(
      fc.property(aDetailedScenario, ({ store: detailed, viewpoint: by }) => {
        const window = { startMs: by.asOfMs - lengthMs, endMs: by.asOfMs }
        const input = judgedInput(detailed, by, {
          startMs: window.startMs - by.reachMs,
          endMs: by.asOfMs + 1,
        })
        const found = findSegments(input, window)
        expect(found).toEqual(slowSegments(detailed, by, window))
        const total = (wanted: string) =>
          found.reduce(
            (sum, { status, startMs, endMs }) => sum + (status === wanted ? endMs - startMs : 0),
            0,
          )
        expect({
          uptimeMs: total('up'),
          downtimeMs: total('down'),
          unknownMs: total('unknown'),
          excusedMs: total('excused'),
        }).toEqual(judgedDetailedStore(detailed, by).at(-1))
      }),
      { seed, numRuns: 400 },
    )
  })
})

describe('the polls in a window', () => {
  test('are told with why they do not speak', () => {
    const corrections = [
      { kind: 'wrong-data', fromMs: ms('2023-01-24T11:00Z'), toMs: ms('2023-01-24T11:01Z') },
    ] as const
    const input = judgedInput({ ...store, corrections }, viewpoint('2023-01-24T11:30Z'), day)
    expect(pollsIn(input, day).map(({ atMs, ...rest }) => ({ at: time(atMs), ...rest }))).toEqual([
      { at: '08:00', active: true, silence: 'outside business hours' },
      { at: '10:00', active: true, silence: null },
      { at: '11:00', active: false, silence: 'corrected' },
    ])
  })

  test('are those of the slow twin', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(aDetailedScenario, ({ store: detailed, viewpoint: by }) => {
        const window = { startMs: by.asOfMs - 3 * DAY_MS, endMs: by.asOfMs + 1 }
        expect(pollsIn(judgedInput(detailed, by, window), window)).toEqual(slowPolls(detailed, by, window))
      }),
      { seed, numRuns: 300 },
    )
  })
})
