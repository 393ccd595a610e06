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
