import type { StoreId } from '../../shared/ids.ts'
import { longestWindowMs, reportWindows } from '../../shared/report-columns.ts'
import type { ReportRow } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import type { FoundWeeks } from '../database/kept-weeks.ts'
import type { PartStores } from '../database/report-input.ts'
import type { PartResult } from '../database/report-results.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { readPartFacts, readStoreFacts, type PartFacts } from '../database/store-facts.ts'
import type { Corrections } from '../uptime/corrections.ts'
import type { Interval, Intervals } from '../uptime/interval.ts'
import { createPeriodJudge } from '../uptime/period-judge.ts'
import type { Periods } from '../uptime/periods.ts'
import type { ZoneInForce } from '../uptime/schedule.ts'
import { stateAtEnd } from '../uptime/state.ts'
import { createJudge } from '../uptime/store-uptime.ts'
import { bytesOfWords, type Words } from '../uptime/words.ts'
import type { Asked } from './asked.ts'
import { namesOfPeriods, timeOf } from './asked-time.ts'
import { csvLines } from './csv.ts'
import { sumsOfHours } from './hours-of-week.ts'
import { createOpenHours, type OpenHours } from './open-hours.ts'
import type { PartStretch } from './part-size.ts'
import { createPeriodTotals, putPeriodTotals, wordsPerStore, type PeriodTotals } from './period-totals.ts'
import { weeksOf } from './report-weeks.ts'
import { createStates, putState, statesOfStores } from './states.ts'
import { createTotals, putTotals, reportRowAt, totalsOfStores } from './totals.ts'
import { createUncorrected, uncorrectedOfOne, type UncorrectedTotals } from './uncorrected.ts'
import { judgeWeeks, type WeekJudging } from './week-parts.ts'
import { createWeekSums } from './week-sums.ts'

/** Of so much time business hours are kept: a report by week may be missing some weeks of one store, and others of another. */
const MOST_OPEN_HOURS = 4

const windowLengthsMs = reportWindows.map((window) => window.lengthMs)

type Weekly = Pick<WeekJudging, 'asked' | 'weeks' | 'computedWith'>

export interface PartsWithKept {
  readonly results: PartResult[]
  /** What can be kept now, and was not before. */
  readonly found: FoundWeeks | undefined
}

export interface Generator {
  /** The results of parts of a report, which are read at once, from polls alone. */
  parts(parts: PartStretch, asked: Asked): Promise<PartResult[]>
  /** The last week of the stores of parts of a report by window, by hour of the week, as `hours-of-week.ts` has it. */
  hoursOfWeek(parts: PartStretch, asked: Asked): Promise<Float64Array>
  /** Those of a report of weeks that may be kept: the same, sooner. */
  partsWithKept(parts: PartStretch, weekly: Weekly): Promise<PartsWithKept>
  /** The row that a report would have for a store. Throws a `not-found` AppError where there is no such store. */
  storeRow(storeId: StoreId, asked: Omit<Asked, 'labels'>): Promise<ReportRow>
}

/**
 * Judges stores from the database, which should be read-only, as a part is read in a transaction. Keeps what several
 * calls have in common.
 */
export function createGenerator(db: Db): Generator {
  const schedules = createSchedules()
  const openHours = new Map<string, OpenHours>()

  function openHoursOf(time: Interval): OpenHours {
    const name = `${time.startMs} ${time.endMs}`
    let known = openHours.get(name)
    if (known === undefined) {
      if (openHours.size >= MOST_OPEN_HOURS) openHours.clear()
      openHours.set(name, (known = createOpenHours(time)))
    }
    return known
  }

  async function readFacts(parts: PartStretch, asked: Asked): Promise<JudgedFacts> {
    const time = timeOf(asked)
    const part = { ...wholeOf(parts), labels: asked.labels }
    const facts = await readPartFacts(db, part, { time, schedules, corrections: asked.corrections })
    const open = openHoursOf(time)
    const storeAt = (place: number) => facts.stores[place]!
    return {
      ...facts,
      openAt: (place) => open.of(storeAt(place), schedules.of(storeAt(place))),
      zonesAt: (place) => open.zonesOf(storeAt(place), schedules.of(storeAt(place))),
    }
  }

  async function windowParts(parts: PartStretch, asked: Asked): Promise<PartResult[]> {
    const facts = await readFacts(parts, asked)
    const { stores, openAt, pollsAt } = facts
    const storeIds = stores.map(({ storeId }) => storeId)
    const judge = createJudge(asked, windowLengthsMs)
    const totals = createTotals(stores.length)
    const states = createStates(stores.length)
    const uncorrected = judgeStores(facts, {
      totalsAt: (place) => totalsOfStores(totals, place, place + 1),
      judge(place, corrections) {
        const open = openAt(place)
        const weeks = pollsAt(place)
        putTotals(totals, place, stores[place]!.storeKey, judge(open, weeks, corrections))
        const input = { open, weeks, viewpoint: asked, corrections }
        const state = stateAtEnd(input, judge.found(open, corrections), longestWindowMs)
        putState(states, place, state, asked.asOfMs)
      },
    })
    return partsOf(parts, storeIds).map(({ part, first, next }) => {
      const ofPart = totalsOfStores(totals, first, next)
      return {
        part,
        storeCount: next - first,
        totals: bytesOfWords(ofPart),
        csv: csvLines(ofPart, storeIds.slice(first, next), 'default'),
        uncorrected: uncorrected.bytesBetween(first, next),
        states: bytesOfWords(statesOfStores(states, first, next)),
      }
    })
  }

  /** Their files are written when they are asked for, as they are many times as large as the totals. */
  async function periodParts(parts: PartStretch, asked: Asked, periods: Periods): Promise<PartResult[]> {
    const { by, fromDate, toDate } = periods
    const facts = await readFacts(parts, asked)
    const { stores, openAt, pollsAt, zonesAt } = facts
    const storeIds = stores.map(({ storeId }) => storeId)
    const judge = createPeriodJudge(by, fromDate, toDate, asked)
    const periodCount = namesOfPeriods(periods).length
    const words = wordsPerStore(periodCount)
    const totals = createPeriodTotals(stores.length, periodCount)
    const uncorrected = judgeStores(facts, {
      totalsAt: (place) => totals.subarray(place * words, (place + 1) * words),
      judge(place, corrections) {
        const tallies = judge(openAt(place), pollsAt(place), zonesAt(place), corrections)
        putPeriodTotals(totals, place, stores[place]!.storeKey, tallies)
      },
    })
    return periodResults(parts, { storeIds, totals, uncorrected, words })
  }

  async function weekParts(parts: PartStretch, weekly: Weekly): Promise<PartsWithKept> {
    const part = { ...wholeOf(parts), labels: weekly.asked.labels }
    const judged = await judgeWeeks(db, part, { ...weekly, schedules, openHoursOf })
    const { stores, totals, uncorrected, found } = judged
    const storeIds = stores.map(({ storeId }) => storeId)
    const words = wordsPerStore(weekly.weeks.count)
    return { results: periodResults(parts, { storeIds, totals, uncorrected, words }), found }
  }

  return {
    async parts(parts, asked) {
      if (asked.periods === undefined) return windowParts(parts, asked)
      const weeks = weeksOf(asked)
      // As parts of these may have more stores than there is room for polls of.
      if (weeks !== undefined)
        return (await weekParts(parts, { asked, weeks, computedWith: undefined })).results
      return periodParts(parts, asked, asked.periods)
    },
    partsWithKept: weekParts,

    async hoursOfWeek(parts, asked) {
      const { stores, openAt, pollsAt, zonesAt, correctionsAt } = await readFacts(parts, asked)
      const week = createWeekSums(asked)
      stores.forEach((_, place) => {
        week.add(openAt(place), pollsAt(place), zonesAt(place), correctionsAt(place))
      })
      return sumsOfHours(week.tallies())
    },

    async storeRow(storeId, asked) {
      const time = timeOf(asked)
      const facts = { time, schedules, corrections: asked.corrections }
      const { store, polls, corrections } = await readStoreFacts(db, storeId, facts)
      const judge = createJudge(asked, windowLengthsMs)
      const totals = createTotals(1)
      const open = openHoursOf(time).of(store, schedules.of(store))
      putTotals(totals, 0, store.storeKey, judge(open, polls, corrections))
      if (corrections === undefined) return reportRowAt(totals, 0, storeId, undefined)
      const alone = createTotals(1)
      putTotals(alone, 0, store.storeKey, judge(open, polls))
      return reportRowAt(totals, 0, storeId, uncorrectedOfOne(totals, alone))
    },
  }
}

/** All that decides stores, by place. */
interface JudgedFacts extends PartFacts {
  openAt(place: number): Intervals
  zonesAt(place: number): readonly ZoneInForce[]
}

/**
 * Judges all stores without corrections, then those that have some once more with them; returns the totals of these without,
 * where they differ.
 */
function judgeStores(
  { stores, correctedPlaces, correctionsAt }: PartFacts,
  {
    judge,
    totalsAt,
  }: {
    /** Puts the totals of a store into its place. */
    readonly judge: (place: number, corrections?: Corrections) => void
    readonly totalsAt: (place: number) => Words
  },
): UncorrectedTotals {
  stores.forEach((_, place) => {
    judge(place)
  })
  const uncorrected = createUncorrected()
  for (const place of correctedPlaces) {
    const alone = totalsAt(place).slice()
    judge(place, correctionsAt(place))
    uncorrected.put(place, totalsAt(place), alone)
  }
  return uncorrected
}

function periodResults(
  parts: PartStretch,
  {
    storeIds,
    totals,
    uncorrected,
    words,
  }: {
    readonly storeIds: readonly StoreId[]
    readonly totals: PeriodTotals
    readonly uncorrected: UncorrectedTotals
    readonly words: number
  },
): PartResult[] {
  return partsOf(parts, storeIds).map(({ part, first, next }) => ({
    part,
    storeCount: next - first,
    totals: bytesOfWords(totals.subarray(first * words, next * words)),
    csv: new Uint8Array(),
    uncorrected: uncorrected.bytesBetween(first, next),
  }))
}

/** All stores of parts that follow each other. */
function wholeOf(parts: PartStretch): PartStores {
  return { firstStoreId: parts[0].firstStoreId, nextStoreId: parts.at(-1)!.nextStoreId }
}

/** Which of the stores, from the one at `first` to before the one at `next`, each part has. */
function partsOf(
  parts: PartStretch,
  storeIds: readonly StoreId[],
): { readonly part: number; readonly first: number; readonly next: number }[] {
  let next = 0
  return parts.map(({ part, nextStoreId }) => {
    const first = next
    while (next < storeIds.length && (nextStoreId === null || storeIds[next]! < nextStoreId)) next++
    return { part, first, next }
  })
}
