/** ISO weeks are counted from that of 1970-01-01, a Thursday; dates in days from it. */
export function isoWeekOf(date: number): number {
  return Math.floor((date + 3) / 7)
}

/** The Monday of an ISO week. */
export function firstDateOf(isoWeek: number): number {
  return isoWeek * 7 - 3
}
