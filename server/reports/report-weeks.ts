import { keptPolicy, timeOfIsoWeek } from '../database/kept-weeks.ts'
import { firstDateOf, isoWeekOf } from '../uptime/iso-week.ts'
import type { Periods } from '../uptime/periods.ts'
import type { Asked } from './asked.ts'

/** The ISO weeks of a report by week, and which of them may be kept. */
export interface ReportWeeks {
  readonly periods: Periods
  readonly first: number
  readonly count: number
  /** Of each: 1 where it is whole and over, so that its totals change only with the data, whatever the report's `asOf`. */
  readonly isFinal: Uint8Array
}

/** undefined where nothing is kept of what is asked for. */
export function weeksOf({
  periods,
  asOfMs,
  interpolation,
  reachMs,
  corrections,
}: Asked): ReportWeeks | undefined {
  if (periods?.by !== 'week' || corrections !== 'applied') return undefined
  if (interpolation !== keptPolicy.interpolation || reachMs !== keptPolicy.reachMs) return undefined
  const { fromDate, toDate } = periods
  const first = isoWeekOf(fromDate)
  const count = isoWeekOf(toDate) + 1 - first
  const isFinal = Uint8Array.from({ length: count }, (_, i) => {
    const monday = firstDateOf(first + i)
    const isWhole = monday >= fromDate && monday + 6 <= toDate
    return isWhole && timeOfIsoWeek(first + i).endMs <= asOfMs ? 1 : 0
  })
  return isFinal.includes(1) ? { periods, first, count, isFinal } : undefined
}
