/** Periods as a person reads them. */
import { monthOf, parseLocalDate, weekdayOf } from '../../shared/local-date.ts'
import type { PeriodUnit } from '../../shared/period-unit.ts'

const DAY_MS = 86_400_000

/** `Mon 2026-10-26`, `2026-W44, from Oct 26`, `Oct 2026`, `Mon 00:00`. */
export function periodLabel(period: string, by: PeriodUnit): string {
  if (by === 'day') return `${weekdayOf(parseLocalDate(period)!)} ${period}`
  if (by === 'month') return `${monthOf(period)} ${period.slice(0, 4)}`
  if (by === 'hour-of-week') return period
  const monday = mondayOf(period)
  return `${period}, from ${monthOf(monday)} ${monday.slice(8)}`
}

/** The head of a column: `Mon 26` or `26`, `W44`, `Oct`. */
export function periodHead(period: string, by: PeriodUnit, isNarrow: boolean): string {
  if (by === 'day')
    return isNarrow ? period.slice(8) : `${weekdayOf(parseLocalDate(period)!)} ${period.slice(8)}`
  if (by === 'month') return monthOf(period)
  return by === 'week' ? period.slice(5) : period
}

/** The first date of an ISO week, such as `2026-W44`: week 1 has January 4. */
function mondayOf(week: string): string {
  const [year = '', number = ''] = week.split('-W')
  const january4 = Date.parse(`${year}-01-04`)
  const weekday = (new Date(january4).getUTCDay() + 6) % 7
  return new Date(january4 + ((Number(number) - 1) * 7 - weekday) * DAY_MS).toISOString().slice(0, 10)
}
