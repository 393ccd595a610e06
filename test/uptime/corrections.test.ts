import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { correctionsOf, type Correction } from '../../server/uptime/corrections.ts'
import {
  aStore,
  hours,
  judgedDetailedStore,
  judgedStore,
  ms,
  polled,
  viewpoint,
  windowLengthsMs,
} from '../support/judged-store.ts'
import { slowDetailedTallies, withSchedule } from '../support/slow-twin.ts'
import { aDetailedScenario } from './scenario.ts'

const HOUR_MS = 3_600_000

function correction(kind: Correction['kind'], from: string, to: string): Correction {
  return { kind, fromMs: ms(from), toMs: ms(to) }
}

/** Open from 8 to 18, down at 10 and 11, up at the other hours. */
const store = withSchedule(
  aStore({
    hours: hours('daily', '08:00-18:00'),
    polls: [
      ...[8, 9, 12, 13, 14, 15, 16, 17].map((hour) => polled('active', `2023-01-24T${hourText(hour)}:30Z`)),
      ...[10, 11].map((hour) => polled('inactive', `2023-01-24T${hourText(hour)}:30Z`)),
    ],
  }),
)
const evening = viewpoint('2023-01-24T20:00:00Z')

function hourText(hour: number): string {
  return String(hour).padStart(2, '0')
}

/** Uptime, downtime, unknown and excused of the last day, in hours. */
function lastDay(...corrections: readonly Correction[]): number[] {
  const { uptimeMs, downtimeMs, unknownMs, excusedMs } = judgedDetailedStore(
    { ...store, corrections },
    evening,
  )[1]!
  return [uptimeMs, downtimeMs, unknownMs, excusedMs].map((totalMs) => totalMs / HOUR_MS)
}

describe('a correction', () => {
  test('is none where there is none', () => {
    expect(correctionsOf([])).toBeUndefined()
    expect(lastDay()).toEqual([8, 2, 0, 0])
  })

  test('of wrong data silences its polls, so that others speak', () => {
    expect(lastDay(correction('wrong-data', '2023-01-24T10:00Z', '2023-01-24T12:00Z'))).toEqual([10, 0, 0, 0])
  })

  test('applies from its start to before its end', () => {
    expect(lastDay(correction('wrong-data', '2023-01-24T10:30Z', '2023-01-24T11:30Z'))).toEqual([
      8.5, 1.5, 0, 0,
    ])
  })

  test('of closed time takes it out of business time, and its polls do not speak', () => {
    expect(lastDay(correction('closed', '2023-01-24T09:00Z', '2023-01-24T11:00Z'))).toEqual([7, 1, 0, 0])
    // The poll at 10:30 is silent, so that those at 9:30 and 11:30 speak for what is left of the time between them.
    expect(lastDay(correction('closed', '2023-01-24T10:15Z', '2023-01-24T10:45Z'))).toEqual([
      8.25, 1.25, 0, 0,
    ])
  })

  test('of excused time excuses business time, whatever its status, and its polls speak as ever', () => {
    expect(lastDay(correction('excused', '2023-01-24T09:30Z', '2023-01-24T11:15Z'))).toEqual([
      7.5, 0.75, 0, 1.75,
    ])
  })

  test('of excused time that is closed excuses nothing', () => {
    const closed = correction('closed', '2023-01-24T09:00Z', '2023-01-24T11:00Z')
    expect(lastDay(closed, { ...closed, kind: 'excused' })).toEqual([7, 1, 0, 0])
  })

  test('counts once where another of its kind overlaps it', () => {
    expect(
      lastDay(
        correction('excused', '2023-01-24T09:00Z', '2023-01-24T11:00Z'),
        correction('excused', '2023-01-24T10:00Z', '2023-01-24T12:00Z'),
      ),
    ).toEqual([7, 0, 0, 3])
  })
})

describe('a store with versions, special days and corrections', { timeout: 120_000 }, () => {
  test('is judged as by the slow twin', () => {
    let telling = 0
    fc.assert(
      fc.property(aDetailedScenario, ({ store: detailed, viewpoint: from }) => {
        const tallies = judgedDetailedStore(detailed, from)
        expect(tallies).toEqual(slowDetailedTallies(detailed, from, windowLengthsMs))
        if (tallies.some(({ uptimeMs, excusedMs }) => uptimeMs > 0 && excusedMs > 0)) telling++
      }),
      { seed: 20_230_125, numRuns: 800 },
    )
    expect(telling).toBeGreaterThan(50)
  })

  test('is judged as ever, where it has none of them', () => {
    const plain = aStore({ hours: hours('daily', '08:00-18:00'), polls: store.polls })
    expect(judgedDetailedStore(withSchedule(plain), evening)).toEqual(judgedStore(plain, evening))
  })
})
