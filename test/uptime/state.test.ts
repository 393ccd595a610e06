import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stateAtEnd, type StoreState } from '../../server/uptime/state.ts'
import { createJudge, relevantTime, type Viewpoint } from '../../server/uptime/store-uptime.ts'
import {
  aStore,
  hours,
  judgedInput,
  ms,
  polled,
  viewpoint,
  windowLengthsMs,
} from '../support/judged-store.ts'
import { slowSegments, withSchedule, type DetailedStore } from '../support/slow-twin.ts'
import { aDetailedScenario } from './scenario.ts'

const HOUR_MS = 3_600_000
const weekMs = windowLengthsMs.at(-1)!

function stateOf(store: DetailedStore, by: Viewpoint): StoreState {
  const input = judgedInput(store, by, relevantTime(by, weekMs))
  const judge = createJudge(by, windowLengthsMs)
  judge(input.open, input.weeks, input.corrections)
  return stateAtEnd(input, judge.found(input.open, input.corrections), weekMs)
}

const store = withSchedule(
  aStore({
    hours: hours('daily', '09:00-17:00'),
    polls: [
      polled('active', '2023-01-23T15:00Z'),
      polled('inactive', '2023-01-23T16:00Z'),
      polled('inactive', '2023-01-24T10:00Z'),
    ],
  }),
)
const policy = { reachMs: 2 * HOUR_MS }

describe('a store is, at the last instant before as_of,', () => {
  test('down since the outage began, which closed time does not end, for as long as it was open since', () => {
    expect(stateOf(store, viewpoint('2023-01-24T11:00Z', policy))).toEqual({
      status: 'down',
      outage: { startMs: ms('2023-01-23T15:30Z'), downtimeMs: 3.5 * HOUR_MS, isCut: false },
      lastPollMs: ms('2023-01-24T10:00Z'),
    })
  })

  test('unknown when its last poll is too long ago, and closed after hours', () => {
    expect(stateOf(store, viewpoint('2023-01-24T12:00:00.001Z', policy))).toMatchObject({ status: 'unknown' })
    expect(stateOf(store, viewpoint('2023-01-24T17:00Z', policy))).toMatchObject({ status: 'unknown' })
    expect(stateOf(store, viewpoint('2023-01-24T17:00:00.001Z', policy))).toMatchObject({ status: 'closed' })
  })

  test('in an outage of which no more than the week is told, where that is longer', () => {
    const polls = Array.from({ length: 20 }, (_, day) => ({
      atMs: ms('2023-01-10T12:00Z') + day * 24 * HOUR_MS,
      active: false,
    }))
    expect(stateOf({ ...store, polls }, viewpoint('2023-01-24T13:00Z'))).toMatchObject({
      outage: { startMs: ms('2023-01-17T13:00Z'), downtimeMs: 7 * 8 * HOUR_MS, isCut: true },
    })
  })

  test(
    'what the last segment of the slow twin says, and down since its outage began',
    { timeout: 120_000 },
    () => {
      fc.assert(
        fc.property(aDetailedScenario, ({ store: detailed, viewpoint: by }) => {
          const state = stateOf(detailed, by)
          const week = slowSegments(detailed, by, { startMs: by.asOfMs - weekMs, endMs: by.asOfMs })
          expect(state.status).toBe(week.at(-1)!.status)
          const business = week.filter(({ status }) => status !== 'closed')
          const before = business.findLastIndex(({ status }) => status !== 'down')
          const outage = business.slice(before + 1)
          expect(state.outage).toEqual(
            state.status === 'down'
              ? {
                  startMs: outage[0]!.startMs,
                  downtimeMs: outage.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
                  isCut: before < 0,
                }
              : undefined,
          )
          const polls = detailed.polls.map(({ atMs }) => atMs).filter((atMs) => atMs <= by.asOfMs)
          const known = (atMs: number) => (atMs < by.asOfMs - weekMs - by.reachMs ? 'long ago' : atMs)
          expect(known(state.lastPollMs ?? -Infinity)).toBe(known(Math.max(-Infinity, ...polls)))
        }),
        { seed: 20_230_125, numRuns: 500 },
      )
    },
  )
})
