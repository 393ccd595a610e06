import { formatLocalDate, parseLocalDate } from '../../../../shared/local-date.ts'

/** A month that is so many after another one, as YYYY-MM. */
export function monthAfter(month: string, count: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + count
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`
}

/** Its first and its last date. */
export function datesOf(month: string): { readonly since: string; readonly until: string } {
  const next = parseLocalDate(`${monthAfter(month, 1)}-01`)!
  return { since: `${month}-01`, until: formatLocalDate(next - 1) }
}

const names = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })

/** `October 2026`. */
export function monthInWords(month: string): string {
  return names.format(new Date(`${month}-01T00:00:00Z`))
}
