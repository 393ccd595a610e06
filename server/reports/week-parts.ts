import { chunks } from '../database/chunks.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import { ascending } from '../database/ascending.ts'
import type { Db } from '../database/connect.ts'
import { readCorrections, type CorrectedTime } from '../database/corrections.ts'
import type { Schedules } from '../database/judged-schedules.ts'
import { readKeptWeeks, rowWeekOf, timeOfIsoWeek, type FoundWeeks } from '../database/kept-weeks.ts'
import { readStoreRules, type PartStores, type StoreRules } from '../database/report-input.ts'
import { readPollsAt } from '../database/store-facts.ts'
import { correctionsOf } from '../uptime/corrections.ts'
import type { Interval } from '../uptime/interval.ts'
import { firstDateOf } from '../uptime/iso-week.ts'
import { createPeriodJudge } from '../uptime/period-judge.ts'
import type { Periods } from '../uptime/periods.ts'
import type { Asked } from './asked.ts'
import { mostStoresAtOnce, timeOf } from './asked-time.ts'
import type { OpenHours } from './open-hours.ts'
import type { PeriodTotals } from './period-totals.ts'
import type { ReportWeeks } from './report-weeks.ts'
import type { UncorrectedTotals } from './uncorrected.ts'
import { createWeekTotals, type JudgedTallies, type MissingWeeks } from './week-totals.ts'

export interface JudgedWeeks {
  readonly stores: readonly StoreRules[]
  readonly totals: PeriodTotals
  readonly uncorrected: UncorrectedTotals
  /** What can be kept now, and was not before; undefined where nothing can be. */
  readonly found: FoundWeeks | undefined
}

/** What stores are judged by week for, and with. */
export interface WeekJudging {
  readonly asked: Asked
  readonly weeks: ReportWeeks
  /** undefined where what is kept is not to be looked at. */
  readonly computedWith: ComputedWith | undefined
  readonly schedules: Schedules
  readonly openHoursOf: (time: Interval) => OpenHours
}

/** Stores by week: what is kept of them is read, and the rest judged, as of one moment. */
export async function judgeWeeks(db: Db, part: PartStores, judging: WeekJudging): Promise<JudgedWeeks> {
  const { asked, weeks, computedWith, schedules } = judging
  const isoWeeks = finalWeeksOf(weeks)
  return db.transaction().execute(async (tx) => {
    const stores = await readStoreRules(tx, part)
    await schedules.load(tx, stores)
    const storeKeys = stores.map(({ storeKey }) => storeKey)
    const corrected = await readCorrections(tx, storeKeys, timeOf(asked))
    const kept =
      computedWith &&
      (await readKeptWeeks(tx, computedWith, {
        rowWeeks: [...new Set(isoWeeks.map(rowWeekOf))],
        storeKeys: ascending(storeKeys),
      }))
    const judged = createWeekTotals(stores, weeks)
    judged.fill(kept?.rows ?? [])
    for (const missing of judged.missing()) {
      await judgeMissing(tx, { stores, corrected, missing }, judging, (place, tallies) => {
        judged.put(place, missing.first, tallies)
      })
    }
    return {
      stores,
      totals: judged.totals,
      uncorrected: judged.uncorrected(),
      found: kept && { dataVersion: kept.dataVersion, rows: judged.found(), isoWeeks },
    }
  })
}

function finalWeeksOf({ first, isFinal }: ReportWeeks): number[] {
  return Array.from(isFinal, (_, i) => first + i).filter((_, i) => isFinal[i] === 1)
}

interface MissingOfStores {
  readonly stores: readonly StoreRules[]
  /** By store key. */
  readonly corrected: ReadonlyMap<number, readonly CorrectedTime[]>
  readonly missing: MissingWeeks
}

/** Judges weeks that follow each other in one pass, so many stores at a time as their polls have room. */
async function judgeMissing(
  tx: Db,
  { stores, corrected, missing }: MissingOfStores,
  { asked, weeks, schedules, openHoursOf }: WeekJudging,
  take: (place: number, judged: JudgedTallies) => void,
): Promise<void> {
  const periods = periodsOf(weeks.periods, weeks.first + missing.first, weeks.first + missing.last)
  const time = timeOf({ ...asked, periods })
  const open = openHoursOf(time)
  const judge = createPeriodJudge('week', periods.fromDate, periods.toDate, asked)
  for (const places of chunks(missing.places, mostStoresAtOnce(time))) {
    const ofPlaces = places.map((place) => stores[place]!)
    const pollsAt = await readPollsAt(tx, ofPlaces, time)
    ofPlaces.forEach((store, i) => {
      const schedule = schedules.of(store)
      const all = corrected.get(store.storeKey) ?? []
      const corrections = correctionsOf(all.filter((one) => touches(one, time)))
      const input = [open.of(store, schedule), pollsAt(i), open.zonesOf(store, schedule)] as const
      take(places[i]!, {
        tallies: judge(...input, corrections),
        alone: corrections && judge(...input),
        // Of what is kept, the figures without corrections are the same.
        keeps: (isoWeek) => !all.some((one) => touches(one, timeOfIsoWeek(isoWeek))),
      })
    })
  }
}

/** As much of some ISO weeks as a report has. */
function periodsOf({ fromDate, toDate }: Periods, firstWeek: number, lastWeek: number): Periods {
  return {
    by: 'week',
    fromDate: Math.max(fromDate, firstDateOf(firstWeek)),
    toDate: Math.min(toDate, firstDateOf(lastWeek) + 6),
  }
}

function touches({ fromMs, toMs }: CorrectedTime, { startMs, endMs }: Interval): boolean {
  return fromMs < endMs && toMs > startMs
}
