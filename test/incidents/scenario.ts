/** Stores whose minutes are milliseconds, so that a slow twin can go through all of them, bent towards the edges. */
import fc from 'fast-check'
import { createBlindFeed, type BlindThresholds } from '../../server/incidents/blind.ts'
import type { BudgetThresholds } from '../../server/incidents/budget.ts'
import type { DropThresholds, UptimeThresholds } from '../../server/incidents/day-conditions.ts'
import type { DownThresholds } from '../../server/incidents/down.ts'
import { createGroupShare, type GroupShareThresholds } from '../../server/incidents/group-share.ts'
import type { GridTime, ShareOfStores } from '../../server/incidents/grid-incidents.ts'
import { gridOf } from '../../server/incidents/grid.ts'
import type { FoundIncidents } from '../../server/incidents/incident.ts'
import type { NoDataThresholds } from '../../server/incidents/no-data.ts'
import type { UnstableThresholds } from '../../server/incidents/unstable.ts'
import { businessClock } from '../../server/incidents/business-clock.ts'
import { createHistories, type StoreHistory } from '../../server/incidents/store-history.ts'
import type { LocalDay } from '../../server/incidents/judged-days.ts'
import { correctionsOf } from '../../server/uptime/corrections.ts'
import { mergedIntervals, type Interval } from '../../server/uptime/interval.ts'
import { pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import type { SlowStore } from '../support/slow-incidents.ts'

/** When the first polls are. */
const START_MS = 1000
const END_MS = 4000

const aGap = fc.oneof(
  { weight: 6, arbitrary: fc.constant(10) },
  { weight: 3, arbitrary: fc.constantFrom(1, 2, 5, 20, 30) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90 }) },
)
/** Runs of polls of one status, mostly. */
const somePolls = fc
  .array(fc.record({ gaps: fc.array(aGap, { minLength: 1, maxLength: 6 }), active: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((runs) => {
    let atMs = START_MS
    return runs.flatMap(({ gaps, active }) => gaps.map((gapMs) => ({ atMs: (atMs += gapMs), active })))
  })

function someSpans(most: number, longest: number): fc.Arbitrary<Interval[]> {
  return fc.array(
    fc
      .record({
        at: fc.integer({ min: 0, max: 40 }),
        nudge: fc.constantFrom(0, 0, 1),
        length: fc.integer({ min: 1, max: longest }),
      })
      .map(({ at, nudge, length }) => ({
        startMs: START_MS + at * 5 + nudge,
        endMs: START_MS + at * 5 + nudge + length,
      })),
    { maxLength: most },
  )
}

/** Open and closed by turns, or always open. */
const someOpen = fc.oneof(
  { weight: 2, arbitrary: fc.constant([{ startMs: 0, endMs: END_MS }]) },
  {
    weight: 5,
    arbitrary: fc
      .array(
        fc.record({
          closed: fc.constantFrom(1, 5, 15, 30, 60),
          open: fc.constantFrom(3, 20, 30, 45, 60, 100),
        }),
        {
          minLength: 1,
          maxLength: 30,
        },
      )
      .map((turns) => {
        let atMs = START_MS - 150
        return turns.map(({ closed, open }) => {
          const startMs = atMs + closed
          atMs = startMs + open
          return { startMs, endMs: atMs }
        })
      }),
  },
)

const corrected = fc.record({ closed: someSpans(2, 40), excused: someSpans(2, 60), wrong: someSpans(1, 30) })
const notCorrected = { closed: [], excused: [], wrong: [] }

export const aSlowStore: fc.Arbitrary<SlowStore> = fc
  .record({
    polls: somePolls,
    open: someOpen,
    corrections: fc.oneof(
      { weight: 3, arbitrary: fc.constant(notCorrected) },
      { weight: 2, arbitrary: corrected },
    ),
    reachMs: fc.constantFrom(3, 10, 12, 25, 60, 100),
    interpolation: fc.constantFrom('nearest' as const, 'previous' as const),
    laterMs: fc.constantFrom(0, 0, 1, 10, 60, 250),
  })
  .map(({ corrections, laterMs, ...store }) => ({
    ...store,
    ...corrections,
    dataTimeMs: store.polls.at(-1)!.atMs + laterMs,
  }))

/** The same as of one data time. */
export function someSlowStores(most: number): fc.Arbitrary<SlowStore[]> {
  return fc.array(aSlowStore, { minLength: 1, maxLength: most }).map((stores) => {
    const dataTimeMs = Math.max(...stores.map((store) => store.dataTimeMs))
    return stores.map((store) => ({ ...store, dataTimeMs }))
  })
}

/** As the core has it; `fromMs`: where only polls from then on are known; `leastGapMs`: what no rule takes for a gap. */
export function historyOf(store: SlowStore, fromMs = -Infinity, leastGapMs = 0): StoreHistory {
  const { polls, dataTimeMs, interpolation, reachMs, closed, excused, wrong } = store
  const week = pollWeekOf(START_MS)
  const words = Uint32Array.from(polls, ({ atMs, active }) => pollWord(atMs, active))
  return createHistories({ fromMs, dataTimeMs, interpolation, reachMs, leastGapMs })({
    clock: businessClock(mergedIntervals(store.open, { startMs: 0, endMs: END_MS })),
    weeks: [{ week, words, from: 0, to: words.length }],
    corrections: correctionsOf([
      ...closed.map(correction('closed')),
      ...excused.map(correction('excused')),
      ...wrong.map(correction('wrong-data')),
    ]),
  })
}

/** Of many stores, which are looked at so often. */
export const GRID_MS = 5

export function blindIncidents(stores: readonly SlowStore[], thresholds: BlindThresholds): FoundIncidents {
  const leastGapMs = Math.min(thresholds.withinMs, thresholds.seenMs)
  return foundIn(stores, (time) => createBlindFeed(time, thresholds), leastGapMs)
}

export function groupShareIncidents(
  stores: readonly SlowStore[],
  thresholds: GroupShareThresholds,
): FoundIncidents {
  return foundIn(stores, (time) => createGroupShare(time, thresholds))
}

function foundIn(
  stores: readonly SlowStore[],
  create: (time: GridTime) => ShareOfStores,
  leastGapMs?: number,
): FoundIncidents {
  const { dataTimeMs } = stores[0]!
  const share = create({ grid: gridOf(GRID_MS, 0, dataTimeMs), dataTimeMs, isWhole: true })
  for (const store of stores) share.add(historyOf(store, -Infinity, leastGapMs))
  return share.found()
}

function correction<Kind extends string>(kind: Kind) {
  return ({ startMs, endMs }: Interval) => ({ kind, fromMs: startMs, toMs: endMs })
}

/** Days that are short, too, in months of a few of them. */
export const someDays: fc.Arbitrary<LocalDay[]> = fc
  .record({
    lengths: fc.array(fc.constantFrom(20, 30, 30, 31), { minLength: 8, maxLength: 16 }),
    month: fc.integer({ min: 2, max: 6 }),
  })
  .map(({ lengths, month }) => {
    let atMs = START_MS - 20
    return lengths.map((length, i) => {
      const startMs = atMs
      atMs += length
      return { startMs, endMs: atMs, isFirst: i % month === 0 }
    })
  })

const aLength = fc.constantFrom(1, 5, 10, 30, 45)
const anExpiry = fc.constantFrom(15, 40, 100, 200)

export const downOf: fc.Arbitrary<DownThresholds> = fc.record({
  forMs: fc.oneof(aLength, fc.constant(0)),
  polls: fc.integer({ min: 1, max: 4 }),
  closingGuardMs: fc.constantFrom(0, 1, 5, 10, 30),
  recover: fc.integer({ min: 1, max: 3 }),
  expireMs: anExpiry,
})
export const noDataOf: fc.Arbitrary<NoDataThresholds> = fc.record({
  forMs: aLength,
  forgetMs: fc.constantFrom(20, 50, 100, 200),
})
export const unstableOf: fc.Arbitrary<UnstableThresholds> = fc
  .record({ of: fc.integer({ min: 3, max: 12 }), changes: fc.nat(20), until: fc.nat(20), expireMs: anExpiry })
  .map(({ of, changes, until, expireMs }) => {
    const opens = 1 + (changes % (of - 1))
    return { of, changes: opens, until: until % opens, expireMs }
  })
const judgedOf = {
  days: fc.constantFrom(1, 2, 3),
  observed: fc.constantFrom(0, 40, 70, 100),
  expireMs: anExpiry,
}
export const uptimeOf: fc.Arbitrary<UptimeThresholds> = fc.record({
  ...judgedOf,
  below: fc.constantFrom(30, 50, 80, 100),
})
export const dropOf: fc.Arbitrary<DropThresholds> = fc.record({
  ...judgedOf,
  points: fc.constantFrom(0.01, 10, 25, 50),
})
export const budgetOf: fc.Arbitrary<BudgetThresholds> = fc.record({
  target: fc.constantFrom(0, 50, 90, 99),
  spent: fc.subarray([1, 25, 50, 75, 100, 300], { minLength: 1 }),
})
export const groupShareOf: fc.Arbitrary<GroupShareThresholds> = fc.record({
  withinMs: fc.constantFrom(5, 15, 25, 60),
  stores: fc.integer({ min: 1, max: 3 }),
  share: fc.constantFrom(30, 50, 100),
  until: fc.constantFrom(10, 30),
  times: fc.integer({ min: 1, max: 3 }),
  expireMs: anExpiry,
})
export const blindOf: fc.Arbitrary<BlindThresholds> = fc.record({
  withinMs: fc.constantFrom(5, 12, 20, 40),
  seenMs: fc.constantFrom(30, 60, 150),
  stores: fc.integer({ min: 1, max: 3 }),
  below: fc.constantFrom(40, 50, 70),
  until: fc.constantFrom(70, 80, 100),
  expireMs: anExpiry,
})
