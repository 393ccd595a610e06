import type { StoreId } from '../../shared/ids.ts'
import { formatLocalDate } from '../../shared/local-date.ts'
import type { Strip, StripsQuery } from '../../shared/store-strip.ts'
import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { readFactsOfStores } from '../database/store-facts.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import { createPeriodJudge } from '../uptime/period-judge.ts'
import { localDateAt } from '../uptime/periods.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import { judgingOf } from './judged-store.ts'

const DAY_MS = 86_400_000
const DAYS = 7

/** The last local dates of stores up to `asOf`: rules 23 and 24 of docs/uptime.md. */
export async function readStrips(db: Db, { storeIds, ...options }: StripsQuery): Promise<Strip[]> {
  const judging = await judgingOf(db, options)
  const lastMs = judging.asOfMs - 1
  // The dates that it may be in any zone.
  const toDate = Math.floor(lastMs / DAY_MS) + 1
  const fromDate = toDate - DAYS - 1
  const time = knownTime(timeOfDates(fromDate, toDate, judging.reachMs), judging.asOfMs)
  const schedules = createSchedules()
  const ids = [...new Set(storeIds)]
  const facts = await readFactsOfStores(db, ids, { time, schedules, corrections: judging.corrections })
  const hours = createOpenHours(time)
  const judge = createPeriodJudge('day', fromDate, toDate, judging)
  const strips = facts.stores.map((store, place): [StoreId, Strip] => {
    const schedule = schedules.of(store)
    const zones = hours.zonesOf(store, schedule)
    const tallies = judge(hours.of(store, schedule), facts.pollsAt(place), zones, facts.correctionsAt(place))
    const next = localDateAt(zones, lastMs) + 1
    const days = tallies.slice(next - DAYS - fromDate, next - fromDate)
    return [
      store.storeId,
      {
        storeId: store.storeId,
        days: days.map((tally, i) => ({ date: formatLocalDate(next - DAYS + i), ...tally })),
      },
    ]
  })
  const stripOf = new Map(strips)
  return storeIds.map((storeId) => stripOf.get(storeId)!)
}
