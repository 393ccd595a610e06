import { slotsOf } from '../uptime/periods.ts'
import type { ZoneInForce } from '../uptime/schedule.ts'
import type { Tally } from '../uptime/tally.ts'
import { Temporal } from '../uptime/temporal.ts'
import { businessClock } from './business-clock.ts'
import type { StoreHistory } from './store-history.ts'

const DAY_MS = 86_400_000

/** A local date of a store: rule 23 of docs/uptime.md. */
export interface LocalDay {
  readonly startMs: number
  readonly endMs: number
  /** The first of its month. */
  readonly isFirst: boolean
}

/** The local dates from one to another, both included, in days since 1970-01-01. */
export function localDays(zones: readonly ZoneInForce[], fromDate: number, toDate: number): LocalDay[] {
  const days: LocalDay[] = []
  const calendar = { fromDate, toDate, stepMs: DAY_MS, periodOf: (localMs: number) => localMs / DAY_MS }
  let lastDate: number | undefined
  for (const { startMs, endMs, period } of slotsOf(zones, calendar)) {
    const isFirst = new Temporal.PlainDate(1970, 1, 1).add({ days: period }).day === 1
    if (period === lastDate) days[days.length - 1] = { ...days.at(-1)!, endMs }
    else days.push({ startMs, endMs, isFirst })
    lastDate = period
  }
  return days
}

/** Rules 9 to 15 and 21 of docs/uptime.md, of the time from `fromMs` to `asOfMs`, as of that. */
export function tallyAsOf(history: StoreHistory, fromMs: number, asOfMs: number): Tally {
  const { atMs, active, judged, clock, interpolation, reachMs } = history
  const judgedClock = judged === clock.business ? clock : businessClock(judged)
  const known = countUntil(history, asOfMs)
  const sums = [0, 0]
  let sinceMs = -Infinity // since when the polls of one status that follow each other speak
  for (let i = firstThatSpeaks(history, fromMs); i < known; i++) {
    const at = atMs[i]!
    if (sinceMs === -Infinity) sinceMs = Math.max(fromMs, startOf(i))
    const untilMs = i + 1 === known ? Math.min(at + reachMs, asOfMs) : Math.min(at + reachMs, startOf(i + 1))
    const goesOn = i + 1 < known && active[i + 1] === active[i] && untilMs === startOf(i + 1)
    if (goesOn) continue
    if (untilMs > sinceMs) sums[active[i]!]! += judgedClock.at(untilMs) - judgedClock.at(sinceMs)
    sinceMs = -Infinity
  }
  const [downtimeMs = 0, uptimeMs = 0] = sums
  const judgedMs = judgedClock.at(asOfMs) - judgedClock.at(fromMs)
  const excusedMs = clock.at(asOfMs) - clock.at(fromMs) - judgedMs
  return { uptimeMs, downtimeMs, unknownMs: judgedMs - uptimeMs - downtimeMs, excusedMs }

  /** From when on a poll speaks. */
  function startOf(i: number): number {
    const at = atMs[i]!
    const last = i === 0 ? -Infinity : atMs[i - 1]!
    if (at - last > 2 * reachMs) return at - reachMs
    return interpolation === 'nearest' ? last + Math.floor((at - last) / 2) : Math.min(at, last + reachMs)
  }
}

/** How many polls there are up to an instant. */
function countUntil({ atMs, count }: StoreHistory, instantMs: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (atMs[middle]! <= instantMs) low = middle + 1
    else high = middle
  }
  return low
}

function firstThatSpeaks(history: StoreHistory, fromMs: number): number {
  return Math.max(0, countUntil(history, fromMs - history.reachMs) - 1)
}

/** How much of the time that counts was up or down, in percent. */
export function observedPercent({ uptimeMs, downtimeMs, unknownMs }: Tally): number {
  const totalMs = uptimeMs + downtimeMs + unknownMs
  return totalMs === 0 ? 0 : (100 * (uptimeMs + downtimeMs)) / totalMs
}

export function upPercent({ uptimeMs, downtimeMs }: Tally): number {
  return (100 * uptimeMs) / (uptimeMs + downtimeMs)
}
