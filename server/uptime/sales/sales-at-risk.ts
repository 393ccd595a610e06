import type { DownHours } from './down-hours.ts'
import { revenueBases, type RevenueBasis, type RevenueOfHour } from './hourly-revenue.ts'

const HOUR_MS = 3_600_000

/** What was lost while a store was down, or put at risk: rule 44 of docs/uptime.md. */
export interface SalesAtRisk {
  /** In the currency: at least, most likely, and at most. null where nothing is known of what the store takes while it was down. */
  readonly range: { readonly low: number; readonly middle: number; readonly high: number } | null
  /** Down time in hours of the week of which that is not known. */
  readonly unpricedMs: number
  /** The least exact of what it is computed with; null where there is nothing. */
  readonly basis: RevenueBasis | null
}

/** `recaptured`: the share, 0 to 1, of what is not ordered then and is later. */
export function salesAtRisk(
  { shortest, down, longest }: Pick<DownHours, 'shortest' | 'down' | 'longest'>,
  revenueOf: RevenueOfHour,
  recaptured: number,
): SalesAtRisk {
  const range = { low: 0, middle: 0, high: 0 }
  const share = (1 - recaptured) / 100 / HOUR_MS
  let unpricedMs = 0
  let worst = -1
  for (let hour = 0; hour < down.length; hour++) {
    if (longest[hour] === 0) continue
    const ofHour = revenueOf(hour)
    if (ofHour === undefined) {
      unpricedMs += down[hour]!
      continue
    }
    worst = Math.max(worst, revenueBases.indexOf(ofHour.basis))
    range.low += shortest[hour]! * ofHour.lower * share
    range.middle += down[hour]! * ofHour.mean * share
    range.high += longest[hour]! * ofHour.upper * share
  }
  const isUnknown = worst < 0 && unpricedMs > 0
  return { range: isUnknown ? null : range, unpricedMs, basis: revenueBases[worst] ?? null }
}
