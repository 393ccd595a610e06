import { longestWindowMs } from '../../shared/report-columns.ts'
import type { Interval } from '../uptime/interval.ts'
import { periodNames, type Periods } from '../uptime/periods.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import { POLL_WEEK_MS } from '../uptime/poll-week.ts'
import { knownTime, relevantTime } from '../uptime/store-uptime.ts'
import type { Asked } from './asked.ts'
import { wordsPerStore } from './period-totals.ts'
import { weeksOf } from './report-weeks.ts'

export function namesOfPeriods({ by, fromDate, toDate }: Periods): readonly string[] {
  return periodNames(by, fromDate, toDate)
}

/** The instants that matter to a report: rules 9 to 12 and 24 of docs/uptime.md. */
export function timeOf(asked: Omit<Asked, 'labels'>): Interval {
  if (asked.periods === undefined) return relevantTime(asked, longestWindowMs)
  const { fromDate, toDate } = asked.periods
  return knownTime(timeOfDates(fromDate, toDate, asked.reachMs), asked.asOfMs)
}

/** Of polls that are read at once, and of totals of a part's stores. */
const MOST_BYTES_OF_PART = 16 * 1024 * 1024
/** Of a store that is polled each quarter of an hour or less often. */
const BYTES_OF_POLL_WEEK = 2700

/** How many stores a part may have at most. */
export function mostStoresOf(asked: Asked): number {
  if (asked.periods === undefined) return Infinity
  const totals = wordsPerStore(namesOfPeriods(asked.periods).length) * 4
  // What is kept is read without polls, and what is missing of it is judged some stores at a time.
  const polls = weeksOf(asked) === undefined ? pollBytesOf(timeOf(asked)) : 0
  return Math.max(1, Math.floor(MOST_BYTES_OF_PART / (polls + totals)))
}

/** Of how many stores the polls of some time may be read at once. */
export function mostStoresAtOnce(time: Interval): number {
  return Math.max(1, Math.floor(MOST_BYTES_OF_PART / pollBytesOf(time)))
}

function pollBytesOf({ startMs, endMs }: Interval): number {
  return (Math.ceil((endMs - startMs) / POLL_WEEK_MS) + 1) * BYTES_OF_POLL_WEEK
}
