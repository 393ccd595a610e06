import type { LocalClock } from './local-clock.ts'
import type { OutageRow } from './outage.ts'
import type { Timeline } from './timeline.ts'

const HOUR_MS = 3_600_000

/**
 * What a store's time comes to, in one sentence without its end: `up 19.3 of 76.0 business hours; the longest outage began
 * on Tue 2023-01-24 13:53, seen at 14:14`.
 */
export function verdictOf({ totals, outages }: Timeline, clock: LocalClock): string {
  const businessMs = totals.uptimeMs + totals.downtimeMs + totals.unknownMs + totals.excusedMs
  const parts = [`up ${hours(totals.uptimeMs)} of ${hours(businessMs)} business hours`]
  if (totals.unknownMs > 0) parts.push(`${hours(totals.unknownMs)} unknown`)
  if (totals.excusedMs > 0) parts.push(`${hours(totals.excusedMs)} excused`)
  const longest = outages.reduce<OutageRow | undefined>(
    (most, outage) => (most === undefined || outage.downtimeMs > most.downtimeMs ? outage : most),
    undefined,
  )
  const outage =
    longest === undefined
      ? 'no outage'
      : `the longest outage began on ${clock.format(longest.start)}, seen at ${clock.format(longest.firstPoll).slice(-5)}`
  return `${parts.join(', ')}; ${outage}`
}

function hours(totalMs: number): string {
  return (totalMs / HOUR_MS).toFixed(1)
}
