import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WeeklyHours } from '../../server/uptime/business-hours.ts'
import { pollWeeksOf, relevantTime } from '../../server/uptime/store-uptime.ts'
import type { Tally } from '../../server/uptime/tally.ts'
import { zoneOffsets } from '../../server/uptime/zone-offsets.ts'
import { aStore, judgedStore, judgeOf, windowLengthsMs } from '../support/judged-store.ts'
import { slowOpenIntervals, slowTallies, type Poll, type Store } from '../support/slow-twin.ts'
import { aScenario, type Scenario } from './scenario.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
const MEANS_MIDNIGHT_MS = DAY_MS - MINUTE_MS

const seed = 20_230_125

function holds(numRuns: number, property: (scenario: Scenario, random: RandomNumbers) => void): void {
  const randomNumbers = fc.noShrink(fc.infiniteStream(fc.noBias(fc.nat())))
  fc.assert(
    fc.property(aScenario, randomNumbers, (scenario, numbers) =>
      property(scenario, (below) => numbers.next().value % below),
    ),
    { seed, numRuns },
  )
}

type RandomNumbers = (below: number) => number

describe('a store judged by the core', { timeout: 60_000 }, () => {
  test('is judged as by the slow twin', () => {
    let known = 0
    holds(2000, ({ store, viewpoint }) => {
      const tallies = judgedStore(store, viewpoint)
      expect(tallies).toEqual(slowTallies(store, viewpoint, windowLengthsMs))
      if (tallies.some(({ uptimeMs, downtimeMs }) => uptimeMs > 0 && downtimeMs > 0)) known++
    })
    expect(known).toBeGreaterThan(400) // the scenarios say something
  })

  test('has uptime, downtime and unknown that add up to its business time in every window', () => {
    holds(300, ({ store, viewpoint }) => {
      const { asOfMs } = viewpoint
      const business = windowLengthsMs.map((ms) => businessTimeMs(store, asOfMs - ms, asOfMs))
      expect(judgedStore(store, viewpoint).map(sum)).toEqual(business)
    })
  })

  test('has no negative and no broken milliseconds', () => {
    holds(300, ({ store, viewpoint }) => {
      const totals = judgedStore(store, viewpoint).flatMap((tally) => Object.values(tally) as number[])
      expect(totals.every((ms) => Number.isInteger(ms) && ms >= 0)).toBe(true)
    })
  })

  test('does not depend on the order of its business hours', () => {
    holds(300, ({ store, viewpoint }, random) => {
      if (store.hours === null) return
      const shuffled = { ...store, hours: shuffle(store.hours, random) }
      expect(judgedStore(shuffled, viewpoint)).toEqual(judgedStore(store, viewpoint))
    })
  })

  test('does not depend on whether a row of its business hours is split in two, or said twice', () => {
    holds(600, ({ store, viewpoint }, random) => {
      if (store.hours === null || losesTime(store, viewpoint.asOfMs)) return
      const row = store.hours[random(store.hours.length)]!
      const halves = [...store.hours.filter((other) => other !== row), ...splitRow(row, random)]
      const hours = [...halves, row]
      expect(judgedStore({ ...store, hours }, viewpoint)).toEqual(judgedStore(store, viewpoint))
      expect(judgedStore({ ...store, hours: halves }, viewpoint)).toEqual(judgedStore(store, viewpoint))
    })
  })

  test('does not depend on the order of its polls, as long as no two are of the same millisecond', () => {
    holds(300, ({ store, viewpoint }, random) => {
      const polls = store.polls.filter(
        ({ atMs }, i) => store.polls.findIndex((poll) => poll.atMs === atMs) === i,
      )
      expect(judgedStore({ ...store, polls: shuffle(polls, random) }, viewpoint)).toEqual(
        judgedStore({ ...store, polls }, viewpoint),
      )
    })
  })

  test('is judged the same a week later, away from clock changes', () => {
    let compared = 0
    holds(600, ({ store, viewpoint }) => {
      const { asOfMs } = viewpoint
      const eras = zoneOffsets(store.timezone, asOfMs - 20 * DAY_MS, asOfMs + 10 * DAY_MS).startsMs.length
      if (eras > 1) return
      compared++
      const polls = store.polls.map(({ atMs, active }) => ({ atMs: atMs + WEEK_MS, active }))
      const later = judgedStore({ ...store, polls }, { ...viewpoint, asOfMs: asOfMs + WEEK_MS })
      expect(later).toEqual(judgedStore(store, viewpoint))
    })
    expect(compared).toBeGreaterThan(150)
  })

  test('has the same unknown time under nearest and previous', () => {
    holds(600, ({ store, viewpoint }) => {
      const nearest = judgedStore(store, { ...viewpoint, interpolation: 'nearest' })
      const previous = judgedStore(store, { ...viewpoint, interpolation: 'previous' })
      expect(previous.map(({ unknownMs }) => unknownMs)).toEqual(nearest.map(({ unknownMs }) => unknownMs))
    })
  })

  test('does not know of polls after the instant it is judged as of', () => {
    holds(300, ({ store, viewpoint }, random) => {
      const past = store.polls.filter(({ atMs }) => atMs <= viewpoint.asOfMs)
      const future = somePolls(10, random, viewpoint.asOfMs + 1, viewpoint.asOfMs + 10 * DAY_MS)
      expect(judgedStore({ ...store, polls: [...past, ...future] }, viewpoint)).toEqual(
        judgedStore({ ...store, polls: past }, viewpoint),
      )
    })
  })

  test('does not hear polls from outside its business hours', () => {
    holds(300, ({ store, viewpoint }, random) => {
      const within = { startMs: viewpoint.asOfMs - 16 * DAY_MS, endMs: viewpoint.asOfMs + 1 }
      const open = slowOpenIntervals(store, within)
      const more = somePolls(20, random, within.startMs, within.endMs).filter(
        ({ atMs }) => !open.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs),
      )
      expect(judgedStore({ ...store, polls: [...store.polls, ...more] }, viewpoint)).toEqual(
        judgedStore(store, viewpoint),
      )
    })
  })

  test('is not judged by what was left from the store before it', () => {
    holds(200, ({ store, viewpoint }) => {
      const judge = judgeOf(viewpoint)
      judge({ ...store, polls: everyMinute(100, viewpoint.asOfMs) })
      expect(judge(store)).toEqual(judgedStore(store, viewpoint))
    })
  })

  test('may have more polls than all stores before it', () => {
    const asOfMs = Date.UTC(2023, 0, 25)
    const judge = judgeOf({ asOfMs, interpolation: 'nearest', reachMs: 30_000 })
    judge(aStore({ polls: everyMinute(10, asOfMs) }))
    // Each speaks for a minute, and those at the ends of the day for half a minute; every third is up.
    expect(judge(aStore({ polls: everyMinute(1441, asOfMs) }))[1]).toEqual({
      uptimeMs: 8 * HOUR_MS,
      downtimeMs: 16 * HOUR_MS,
      unknownMs: 0,
      excusedMs: 0,
    })
  })
})

describe('the time that matters to a report', () => {
  test('goes back the longest window and a reach, and includes as_of itself', () => {
    const asOfMs = Date.UTC(2023, 0, 25)
    const viewpoint = { asOfMs, interpolation: 'nearest', reachMs: DAY_MS } as const
    expect(relevantTime(viewpoint, WEEK_MS)).toEqual({ startMs: asOfMs - 8 * DAY_MS, endMs: asOfMs + 1 })
  })

  test('lies in UTC weeks that start on Thursdays', () => {
    const thursdayMs = Date.UTC(2023, 0, 19)
    const week = thursdayMs / WEEK_MS
    expect(pollWeeksOf({ startMs: thursdayMs, endMs: thursdayMs + WEEK_MS })).toEqual([week])
    expect(pollWeeksOf({ startMs: thursdayMs - 1, endMs: thursdayMs + WEEK_MS + 1 })).toEqual([
      week - 1,
      week,
      week + 1,
    ])
  })

  test('lies in weeks below zero before 1970', () => {
    expect(pollWeeksOf({ startMs: -WEEK_MS - 1, endMs: 1 })).toEqual([-2, -1, 0])
  })
})

function businessTimeMs(store: Store, startMs: number, endMs: number): number {
  return slowOpenIntervals(store, { startMs, endMs }).reduce((ms, open) => ms + open.endMs - open.startMs, 0)
}

function sum({ uptimeMs, downtimeMs, unknownMs }: Tally): number {
  return uptimeMs + downtimeMs + unknownMs
}

/** Whether the clock goes forward near the report: a time in the gap is taken after it, so a split there overlaps. */
function losesTime({ timezone }: Store, asOfMs: number): boolean {
  const { offsetsMs } = zoneOffsets(timezone, asOfMs - 20 * DAY_MS, asOfMs + 5 * DAY_MS)
  return offsetsMs.some((offsetMs, era) => era > 0 && offsetMs > offsetsMs[era - 1]!)
}

/** Two rows that touch and say the same as one; the row itself where it cannot be split. */
function splitRow(row: WeeklyHours, random: RandomNumbers): WeeklyHours[] {
  const endsAt = row.endMs >= MEANS_MIDNIGHT_MS ? DAY_MS : row.endMs
  const lastsMs = (endsAt <= row.startMs ? endsAt + DAY_MS : endsAt) - row.startMs
  const split = row.startMs + random(lastsMs - 1) + 1
  const tomorrow = (row.day + 1) % 7
  if (split > DAY_MS) {
    return [
      { ...row, endMs: split - DAY_MS },
      { day: tomorrow, startMs: split - DAY_MS, endMs: endsAt },
    ]
  }
  if (split >= MEANS_MIDNIGHT_MS) {
    if (endsAt === DAY_MS || endsAt === 0) return [row]
    return [
      { ...row, endMs: DAY_MS },
      { day: tomorrow, startMs: 0, endMs: endsAt },
    ]
  }
  return [
    { ...row, endMs: split },
    { ...row, startMs: split },
  ]
}

/** Every third one is active, beginning with the last. */
function everyMinute(count: number, lastMs: number): Poll[] {
  return Array.from({ length: count }, (_, i) => ({ atMs: lastMs - i * MINUTE_MS, active: i % 3 === 0 }))
}

function somePolls(count: number, random: RandomNumbers, fromMs: number, toMs: number): Poll[] {
  return Array.from({ length: count }, () => ({
    atMs: fromMs + random(toMs - fromMs),
    active: random(2) === 1,
  }))
}

function shuffle<T>(items: readonly T[], random: RandomNumbers): T[] {
  return items
    .map((item) => ({ item, place: random(1_000_000) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
