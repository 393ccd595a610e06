import type { DownHours } from './down-hours.ts'
import { revenueBases, type HourlyRevenue, type RevenueBasis, type RevenueOfHour } from './hourly-revenue.ts'

const HOUR_MS = 3_600_000
/** So many standard deviations are what a few hours may differ by. */
const DEVIATIONS = 2

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
  const least = { bound: 0, mean: 0, variance: 0 }
  const most = { bound: 0, mean: 0, variance: 0 }
  let middle = 0
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
    middle += (down[hour]! / HOUR_MS) * ofHour.mean
    addTime(least, shortest[hour]! / HOUR_MS, ofHour.lower, ofHour)
    addTime(most, longest[hour]! / HOUR_MS, ofHour.upper, ofHour)
  }
  const share = (1 - recaptured) / 100
  const range = {
    low: Math.max(0, Math.min(least.bound, least.mean - deviationOf(least))) * share,
    middle: middle * share,
    high: Math.max(most.bound, most.mean + deviationOf(most)) * share,
  }
  const isUnknown = worst < 0 && unpricedMs > 0
  return { range: isUnknown ? null : range, unpricedMs, basis: revenueBases[worst] ?? null }
}

/** What some time comes to, if all of its hours are as far off, and if each is by itself. */
interface TimeSums {
  bound: number
  mean: number
  variance: number
}

function addTime(sums: TimeSums, hours: number, bound: number, { mean, variance }: HourlyRevenue): void {
  sums.bound += hours * bound
  sums.mean += hours * mean
  sums.variance += hours * variance
}

function deviationOf({ variance }: TimeSums): number {
  return DEVIATIONS * Math.sqrt(variance)
}
