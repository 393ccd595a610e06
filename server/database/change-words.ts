import type { GivenRevenue } from './store-revenue.ts'
import type { SpecialHoursChange } from '../../shared/store-change.ts'
import type { WeeklySpan } from '../../shared/store.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { formatSpans, formatWeek } from '../../shared/week-text.ts'

/** So many days of a change are named. */
const MOST_DAYS = 5

export function hoursInWords(spans: readonly WeeklySpan[], validFrom: number | null): string {
  return `hours: ${formatWeek(spans)}${sinceText(validFrom)}`
}

export function zoneInWords(timezone: string, validFrom: number | null): string {
  return `timezone: ${timezone}${sinceText(validFrom)}`
}

function sinceText(validFrom: number | null): string {
  return validFrom === null ? '' : `, since ${formatTimestamp(validFrom)}`
}

export function daysInWords(days: SpecialHoursChange['days']): string {
  const named = days.slice(0, MOST_DAYS).map(({ date, spans }) => `${date} ${formatSpans(spans) || 'closed'}`)
  const more = days.length - named.length
  return `special hours: ${named.join(', ')}${more > 0 ? ` and ${more} more days` : ''}`
}

export function detailsInWords(
  name: string | null | undefined,
  labels: Readonly<Record<string, string>>,
): string {
  const parts = [
    ...(name === undefined ? [] : [name ? `name: ${name}` : 'no name']),
    ...Object.entries(labels).map(([label, value]) => (value === '' ? `no ${label}` : `${label}=${value}`)),
  ]
  return `details: ${parts.join(', ')}`
}

export function revenueInWords(given: GivenRevenue | null, currency: string | undefined): string {
  const known = given?.flatMap((hundredths) => hundredths ?? []) ?? []
  const of = currency === undefined ? '' : ` ${currency}`
  if (given === null || known.length === 0) return `revenue:${of} nothing is said of it`
  const mean = known.reduce((sum, hundredths) => sum + hundredths, 0) / known.length / 100
  const hours = given.length === 1 ? '' : `, the mean of ${known.length} hours of the week`
  return `revenue:${of} ${mean.toFixed(2)} an hour${hours}`
}
