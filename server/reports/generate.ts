import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import { longestWindowMs, reportWindows } from '../../shared/report-columns.ts'
import type { ReportRow } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { readPollWeeks } from '../database/poll-weeks.ts'
import {
  readStoreRules,
  readStoreWithPolls,
  type PartStores,
  type StoreRules,
} from '../database/report-input.ts'
import type { PartResult } from '../database/report-results.ts'
import type { PollWords } from '../uptime/poll-week.ts'
import { bytesOfWords } from '../uptime/words.ts'
import { createJudge, pollWeeksOf, relevantTime, type Viewpoint } from '../uptime/store-uptime.ts'
import { csvLines } from './csv.ts'
import { createBusinessHours, createOpenHours } from './open-hours.ts'
import type { PartStretch } from './part-size.ts'
import { createTotals, putTotals, reportRowAt, totalsOfStores, type PackedTotals } from './totals.ts'

const windowLengthsMs = reportWindows.map((window) => window.lengthMs)

export interface Generator {
  /** The results of parts of a report, which are read at once. */
  parts(parts: PartStretch, viewpoint: Viewpoint): Promise<PartResult[]>
  /** The row that a report would have for a store. Throws a `not-found` AppError where there is no such store. */
  storeRow(storeId: StoreId, viewpoint: Viewpoint): Promise<ReportRow>
}

/**
 * Judges stores from the database, which should be read-only, as a part is read in a transaction. Keeps what several
 * calls have in common.
 */
export function createGenerator(db: Db): Generator {
  const rules = createBusinessHours()
  let openHours: { of: ReturnType<typeof createOpenHours>; startMs: number; endMs: number } | undefined

  function openHoursOf(viewpoint: Viewpoint): ReturnType<typeof createOpenHours> {
    const time = relevantTime(viewpoint, longestWindowMs)
    if (openHours?.startMs !== time.startMs || openHours.endMs !== time.endMs) {
      openHours = { ...time, of: createOpenHours(time) }
    }
    return openHours.of
  }

  async function judged(part: PartStores, viewpoint: Viewpoint): Promise<JudgedStores> {
    const openOf = openHoursOf(viewpoint)
    const judge = createJudge(viewpoint, windowLengthsMs)
    // One transaction, so that an import that commits meanwhile is seen whole or not at all.
    const { stores, weeks } = await db.transaction().execute(async (tx) => {
      const stores = await readStoreRules(tx, part)
      await rules.load(tx, stores)
      return { stores, weeks: await readWeeks(tx, stores, viewpoint) }
    })
    const totals = createTotals(stores.length)
    stores.forEach((store, i) => {
      const polls = weeks.map(({ week, words, from, to }) => ({ week, words, from: from[i]!, to: to[i]! }))
      putTotals(totals, i, store.storeKey, judge(openOf(store, rules.of(store)), polls))
    })
    return { stores, totals }
  }

  return {
    async parts(parts, viewpoint) {
      const [{ firstStoreId }] = parts
      const { nextStoreId } = parts.at(-1)!
      const { stores, totals } = await judged({ firstStoreId, nextStoreId }, viewpoint)
      const storeIds = stores.map((store) => store.storeId)
      let next = 0
      return parts.map(({ part, nextStoreId }) => {
        const first = next
        while (next < storeIds.length && (nextStoreId === null || storeIds[next]! < nextStoreId)) next++
        const ofPart = totalsOfStores(totals, first, next)
        return {
          part,
          storeCount: next - first,
          totals: bytesOfWords(ofPart),
          csv: csvLines(ofPart, storeIds.slice(first, next), 'default'),
        }
      })
    },

    async storeRow(storeId, viewpoint) {
      const weeks = pollWeeksOf(relevantTime(viewpoint, longestWindowMs))
      const found = await readStoreWithPolls(db, storeId, weeks)
      if (found === undefined) throw new AppError('not-found', `there is no store ${storeId}`)
      const { store, polls } = found
      await rules.load(db, [store])
      const judge = createJudge(viewpoint, windowLengthsMs)
      const totals = createTotals(1)
      putTotals(totals, 0, store.storeKey, judge(openHoursOf(viewpoint)(store, rules.of(store)), polls))
      return reportRowAt(totals, 0, storeId)
    },
  }
}

interface JudgedStores {
  readonly stores: readonly StoreRules[]
  readonly totals: PackedTotals
}

/** The polls of a week of a part's stores: those of the store at a place are the words from `from` to before `to` there. */
interface PartWeek {
  readonly week: number
  readonly words: PollWords
  readonly from: Uint32Array
  readonly to: Uint32Array
}

async function readWeeks(db: Db, stores: readonly StoreRules[], viewpoint: Viewpoint): Promise<PartWeek[]> {
  const placeOf = new Map(stores.map(({ storeKey }, place) => [storeKey, place]))
  const storeKeys = Float64Array.from(stores, ({ storeKey }) => storeKey).sort()
  const weeks = pollWeeksOf(relevantTime(viewpoint, longestWindowMs))
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
