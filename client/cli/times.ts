/** Instants and dates as people write them, taken in the time zone of the machine. */
import { parseLocalDate } from '../../shared/local-date.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/**
 * The instant that is meant by `now`, `today` and `yesterday` (their beginning), `-2d` (so long ago; m, h, d or w) or
 * `2026-11-08` (the beginning of that date), as ISO 8601; any other text as it is.
 */
export function instantMeant(text: string, nowMs: number): string {
  const agoMs = timeAgo(text)
  if (text === 'now' || agoMs !== undefined) return formatTimestamp(nowMs - (agoMs ?? 0))
  const date = dateMeant(text, nowMs)
  if (parseLocalDate(date) === undefined) return text
  const [year, month, day] = date.split('-').map(Number)
  const start = new Date(2000, month! - 1, day)
  start.setFullYear(year!, month! - 1, day)
  return formatTimestamp(start.getTime())
}

/** The date that is meant by `today`, `yesterday` or `-7d` (so long ago), YYYY-MM-DD; any other text as it is. */
export function dateMeant(text: string, nowMs: number): string {
  const agoMs = { today: 0, now: 0, yesterday: unitsMs['d'] }[text] ?? timeAgo(text)
  if (agoMs === undefined) return text
  const at = new Date(nowMs)
  const days = agoMs / unitsMs['d']!
  // By the calendar, as a day may have 23 hours.
  if (Number.isInteger(days)) at.setDate(at.getDate() - days)
  else at.setTime(nowMs - agoMs)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** Milliseconds of a text such as `-2d`. */
function timeAgo(text: string): number | undefined {
  const [, count, unit] = /^-(\d{1,5})([mhdw])$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * unitsMs[unit!]!
}

/** In words: where words and dates are taken. */
export function zoneOfMachine(): string {
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone}, the time zone of this machine`
}
