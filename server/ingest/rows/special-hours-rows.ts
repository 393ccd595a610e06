import { parseLocalDate } from '../../../shared/local-date.ts'
import type { HeaderOf } from '../csv/header.ts'
import { parseSpan } from './business-hours-rows.ts'
import { quoted, type RowCollector } from './row-collector.ts'
import { createRuleRows, type RulesOfStores } from './rule-rows.ts'

interface SpecialEntry {
  readonly date: string
  /** None: the row adds none, so that alone it closes the day. */
  readonly span: { readonly start: string; readonly end: string } | null
}

/** Collects the rows of a file of special hours. A store's rows of a date become its hours of that date. */
export function createSpecialHoursRows(header: HeaderOf<'special-hours'>): RowCollector<RulesOfStores> {
  const { date, start_time_local, end_time_local } = header.columns
  return createRuleRows<SpecialEntry>(header, [date, start_time_local, end_time_local], {
    parse: parseSpecialHours,
    change: (entries) => {
      const byDate = Map.groupBy(entries, (entry) => entry.date)
      const days = Array.from(byDate, ([date, entries]) => ({
        date,
        spans: entries.flatMap(({ span }) => (span === null ? [] : [span])),
      }))
      return { what: 'special', days: days.sort((a, b) => (a.date < b.date ? -1 : 1)) }
    },
  })
}

function parseSpecialHours([date = '', start = '', end = '']: readonly string[]): SpecialEntry | string {
  if (parseLocalDate(date) === undefined)
    return `date ${quoted(date)} is not a date of the calendar (YYYY-MM-DD)`
  if (start === '' && end === '') return { date, span: null }
  if (start === '' || end === '') {
    const [empty, other] = start === '' ? ['start', 'end'] : ['end', 'start']
    return `${empty}_time_local is empty, and ${other}_time_local is not: write both, or neither for a day without hours`
  }
  const span = parseSpan(start, end)
  return typeof span === 'string' ? span : { date, span }
}
