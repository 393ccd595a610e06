import type { WeeklySpan } from '../../../shared/store.ts'
import { endTimeForms, localTimeForms, parseEndTime, parseLocalTime } from '../../../shared/local-time.ts'
import type { HeaderOf } from '../csv/header.ts'
import { quoted, type RowCollector } from './row-collector.ts'
import { createRuleRows, parseValidFrom, type RulesOfStores } from './rule-rows.ts'

interface HoursEntry {
  readonly validFrom: number | null
  readonly span: WeeklySpan
}

/** Collects the rows of a file of business hours. A store's rows of an instant become its whole rule from then on. */
export function createBusinessHoursRows(header: HeaderOf<'business-hours'>): RowCollector<RulesOfStores> {
  const { day, start_time_local, end_time_local, valid_from } = header.columns
  return createRuleRows(header, [day, start_time_local, end_time_local, valid_from], {
    parse: parseHours,
    change: (entries) => {
      const byInstant = Map.groupBy(entries, ({ validFrom }) => validFrom)
      const versions = Array.from(byInstant, ([validFrom, entries]) => ({
        validFrom,
        rule: entries.map(({ span }) => span),
      }))
      return { what: 'hours', versions }
    },
  })
}

function parseHours([day = '', start = '', end = '', from = '']: readonly string[]): HoursEntry | string {
  if (!/^[0-6]$/.test(day)) return `day ${quoted(day)} is not 0 to 6 (0 is Monday)`
  const span = parseSpan(start, end)
  if (typeof span === 'string') return span
  const validFrom = parseValidFrom(from)
  return typeof validFrom === 'string' ? validFrom : { validFrom, span: { day: Number(day), ...span } }
}

/** A span of local times, or why it is none. */
export function parseSpan(start: string, end: string): { start: string; end: string } | string {
  const startTime = parseLocalTime(start)
  if (startTime === undefined)
    return `start_time_local ${quoted(start)} is not a local time (${localTimeForms})`
  const endTime = parseEndTime(end)
  if (endTime === undefined) return `end_time_local ${quoted(end)} is not a local time (${endTimeForms})`
  return { start: startTime, end: endTime }
}
