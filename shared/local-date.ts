const DAY_MS = 86_400_000

/** Of the Gregorian calendar, written `YYYY-MM-DD`, in days since 1970-01-01; undefined where it is no date. */
export function parseLocalDate(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Some engines take the 30th of February for the 2nd of March.
  if (Number.isNaN(ms) || formatLocalDate(ms / DAY_MS) !== text) return undefined
  return ms / DAY_MS
}

export function formatLocalDate(date: number): string {
  return new Date(date * DAY_MS).toISOString().slice(0, 10)
}

/** From Monday on, as ISO 8601 counts them. */
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Of a date in days since 1970-01-01, a Thursday. */
export function weekdayOf(date: number): string {
  return weekdays[(((date + 3) % 7) + 7) % 7]!
}

/** `Jan` of `2023-01-24` or `2023-01`. */
export function monthOf(text: string): string {
  return months[Number(text.slice(5, 7)) - 1]!
}
