import type { History, HistoryQuery } from '../../shared/history.ts'
import { parseLocalDate } from '../../shared/local-date.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from '../database/connect.ts'
import { differ, figuresOf } from '../reports/period-totals.ts'
import { createPeriodJudge } from '../uptime/period-judge.ts'
import { periodNames } from '../uptime/periods.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import { judgingOf, readJudgedStore } from './judged-store.ts'

/** A store's totals by period, at once: rules 23 and 24 of docs/uptime.md. */
export async function readHistory(db: Db, query: HistoryQuery): Promise<History> {
  const { storeId, by, since, until } = query
  const dates = [parseLocalDate(since)!, parseLocalDate(until)!] as const
  const judging = await judgingOf(db, query)
  const time = knownTime(timeOfDates(...dates, judging.reachMs), judging.asOfMs)
  const { input, zones } = await readJudgedStore(db, storeId, time, judging)
  const judge = createPeriodJudge(by, ...dates, judging)
  const tallies = judge(input.open, input.weeks, zones, input.corrections)
  const alone = input.corrections === undefined ? undefined : judge(input.open, input.weeks, zones)
  const items = periodNames(by, ...dates).map((period, i) => {
    const tally = tallies[i]!
    const uncorrected = alone !== undefined && differ(alone[i]!, tally) ? figuresOf(alone[i]!) : null
    return { storeId, period, ...figuresOf(tally), uncorrected }
  })
  return { storeId, by, asOf: formatTimestamp(judging.asOfMs), items }
}
