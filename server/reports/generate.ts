import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import { reportWindows } from '../../shared/report-columns.ts'
import type { ReportRow } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { readCorrections, readCorrectionsOfStore, type CorrectedTime } from '../database/corrections.ts'
import { readPollWeeks } from '../database/poll-weeks.ts'
import {
  readStoreRules,
  readStoreWithPolls,
  type PartStores,
  type StoreRules,
} from '../database/report-input.ts'
import type { PartResult } from '../database/report-results.ts'
import { correctionsOf, type Corrections } from '../uptime/corrections.ts'
import type { Interval } from '../uptime/interval.ts'
import { createPeriodJudge } from '../uptime/periods.ts'
import type { PollWeek, PollWords } from '../uptime/poll-week.ts'
import { createJudge, pollWeeksOf } from '../uptime/store-uptime.ts'
import { bytesOfWords } from '../uptime/words.ts'
import type { Asked, Periods } from './asked.ts'
import { namesOfPeriods, timeOf } from './asked-time.ts'
import { csvLines } from './csv.ts'
import { createOpenHours, createSchedules, type OpenHours } from './open-hours.ts'
import type { PartStretch } from './part-size.ts'
import { createPeriodTotals, putPeriodTotals, wordsPerStore } from './period-totals.ts'
import { createTotals, putTotals, reportRowAt, totalsOfStores } from './totals.ts'

const windowLengthsMs = reportWindows.map((window) => window.lengthMs)

export interface Generator {
  /** The results of parts of a report, which are read at once. */
  parts(parts: PartStretch, asked: Asked): Promise<PartResult[]>
  /** The row that a report would have for a store. Throws a `not-found` AppError where there is no such store. */
  storeRow(storeId: StoreId, asked: Asked): Promise<ReportRow>
}

/**
 * Judges stores from the database, which should be read-only, as a part is read in a transaction. Keeps what several
 * calls have in common.
 */
export function createGenerator(db: Db): Generator {
  const schedules = createSchedules()
  let openHours: { of: OpenHours; startMs: number; endMs: number } | undefined

  function openHoursOf(time: Interval): OpenHours {
    if (openHours?.startMs !== time.startMs || openHours.endMs !== time.endMs) {
      openHours = { ...time, of: createOpenHours(time) }
    }
    return openHours.of
  }

  async function readPart(part: PartStores, time: Interval, asked: Asked): Promise<ReadPart> {
    // One transaction, so that an import that commits meanwhile is seen whole or not at all.
    return db.transaction().execute(async (tx) => {
      const stores = await readStoreRules(tx, part)
      await schedules.load(tx, stores)
      const corrected =
        asked.corrections === 'applied' ? await readCorrections(tx, part, time) : new Map<number, never>()
      return { stores, weeks: await readWeeks(tx, stores, time), corrected }
    })
  }

  /** Calls `judge` with all that decides a store, one after the other, and its place. */
  async function eachStore(
    part: PartStores,
    asked: Asked,
    judge: (place: number, store: JudgedStore) => void,
    begin: (storeCount: number) => void,
  ): Promise<readonly StoreId[]> {
    const time = timeOf(asked)
    const open = openHoursOf(time)
    const { stores, weeks, corrected } = await readPart(part, time, asked)
    begin(stores.length)
    stores.forEach((store, i) => {
      const polls = weeks.map(({ week, words, from, to }) => ({ week, words, from: from[i]!, to: to[i]! }))
      const corrections = corrected.size === 0 ? undefined : corrected.get(store.storeKey)
      judge(i, { store, open, polls, corrections: corrections && correctionsOf(corrections) })
    })
    return stores.map(({ storeId }) => storeId)
  }

  async function windowParts(parts: PartStretch, asked: Asked): Promise<PartResult[]> {
    const judge = createJudge(asked, windowLengthsMs)
    let totals = createTotals(0)
    const storeIds = await eachStore(
      wholeOf(parts),
      asked,
      (place, { store, open, polls, corrections }) => {
        const tallies = judge(open.of(store, schedules.of(store)), polls, corrections)
        putTotals(totals, place, store.storeKey, tallies)
      },
      (storeCount) => (totals = createTotals(storeCount)),
    )
    return partsOf(parts, storeIds).map(({ part, first, next }) => {
      const ofPart = totalsOfStores(totals, first, next)
      return {
        part,
        storeCount: next - first,
        totals: bytesOfWords(ofPart),
        csv: csvLines(ofPart, storeIds.slice(first, next), 'default'),
      }
    })
  }

  /** Their files are written when they are asked for, as they are many times as large as the totals. */
  async function periodParts(parts: PartStretch, asked: Asked, periods: Periods): Promise<PartResult[]> {
    const { by, fromDate, toDate } = periods
    const judge = createPeriodJudge(by, fromDate, toDate, asked)
    const periodCount = namesOfPeriods(periods).length
    let totals = createPeriodTotals(0, periodCount)
    const storeIds = await eachStore(
      wholeOf(parts),
      asked,
      (place, { store, open, polls, corrections }) => {
        const schedule = schedules.of(store)
        const tallies = judge(open.of(store, schedule), polls, open.zonesOf(store, schedule), corrections)
        putPeriodTotals(totals, place, store.storeKey, tallies)
      },
      (storeCount) => (totals = createPeriodTotals(storeCount, periodCount)),
    )
    const words = wordsPerStore(periodCount)
    return partsOf(parts, storeIds).map(({ part, first, next }) => ({
      part,
      storeCount: next - first,
      totals: bytesOfWords(totals.subarray(first * words, next * words)),
      csv: new Uint8Array(),
    }))
  }

  return {
    parts: (parts, asked) =>
      asked.periods === undefined ? windowParts(parts, asked) : periodParts(parts, asked, asked.periods),

    async storeRow(storeId, asked) {
      const time = timeOf(asked)
      const found = await readStoreWithPolls(db, storeId, pollWeeksOf(time))
      if (found === undefined) throw new AppError('not-found', `there is no store ${storeId}`)
      const { store, polls } = found
      await schedules.load(db, [store])
      const corrected =
        asked.corrections === 'applied' ? await readCorrectionsOfStore(db, store.storeKey, time) : []
      const judge = createJudge(asked, windowLengthsMs)
      const totals = createTotals(1)
      const open = openHoursOf(time).of(store, schedules.of(store))
      putTotals(totals, 0, store.storeKey, judge(open, polls, correctionsOf(corrected)))
      return reportRowAt(totals, 0, storeId)
    },
  }
}

interface ReadPart {
  readonly stores: readonly StoreRules[]
  readonly weeks: readonly PartWeek[]
  readonly corrected: ReadonlyMap<number, readonly CorrectedTime[]>
}

interface JudgedStore {
  readonly store: StoreRules
  readonly open: OpenHours
  readonly polls: readonly PollWeek[]
  readonly corrections: Corrections | undefined
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

/** The polls of a week of a part's stores: those of the store at a place are the words from `from` to before `to` there. */
interface PartWeek {
  readonly week: number
  readonly words: PollWords
  readonly from: Uint32Array
  readonly to: Uint32Array
}

async function readWeeks(db: Db, stores: readonly StoreRules[], time: Interval): Promise<PartWeek[]> {
  const placeOf = new Map(stores.map(({ storeKey }, place) => [storeKey, place]))
  const storeKeys = Float64Array.from(stores, ({ storeKey }) => storeKey).sort()
  const weeks = pollWeeksOf(time)
  return (await readPollWeeks(db, weeks, [...storeKeys])).map((polls) => {
    const from = new Uint32Array(stores.length)
    const to = new Uint32Array(stores.length)
    polls.storeKeys.forEach((storeKey, i) => {
      const place = placeOf.get(storeKey)
      if (place === undefined) return
      from[place] = polls.from[i]!
      to[place] = polls.to[i]!
    })
    return { week: polls.week, words: polls.words, from, to }
  })
}
