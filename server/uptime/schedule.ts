import { everyDay, openIntervals, spanOnDate, weeklySpans, type WeeklyHours } from './business-hours.ts'
import { mergedIntervals, type Interval, type Intervals } from './interval.ts'
import type { ZoneOffsets } from './zone-offsets.ts'

/** The zone of a store that has none: rule 2 of docs/uptime.md. */
export const zoneOfStoresWithoutOne = 'America/Chicago'

/** A rule that is in force from an instant on; `-Infinity` for one that was given without. */
export interface Version<Rule> {
  readonly validFromMs: number
  readonly rule: Rule
}

/** A span of one date, in local time since its midnight, as it was written: 24:00 is 86 400 000. */
export interface DaySpan {
  readonly startMs: number
  readonly endMs: number
}

/** The spans that replace those of the weekly hours on a date: rule 8 of docs/uptime.md. None: closed. */
export interface SpecialDay {
  /** In days since 1970-01-01. */
  readonly date: number
  readonly spans: readonly DaySpan[]
}

/** All that says when a store is open. Versions and special days are in ascending order, each instant and date once. */
export interface Schedule {
  /** None: `zoneOfStoresWithoutOne`. */
  readonly zones: readonly Version<string>[]
  /** None: always open. */
  readonly hours: readonly Version<readonly WeeklyHours[]>[]
  readonly specialDays: readonly SpecialDay[]
}

/** A zone, and its offsets, for the time in which it is in force. */
export interface ZoneInForce extends Interval {
  readonly timezone: string
  readonly offsets: ZoneOffsets
}

/** The zones of a store over `within`, in order and without a gap. `offsetsOf` must reach three days beyond it. */
export function zonesInForce(
  { zones }: Schedule,
  within: Interval,
  offsetsOf: (timezone: string) => ZoneOffsets,
): readonly ZoneInForce[] {
  const versions = zones.length > 0 ? zones : [{ validFromMs: -Infinity, rule: zoneOfStoresWithoutOne }]
  return versionsInForce(versions, within).map(({ startMs, endMs, rule }) => ({
    startMs,
    endMs,
    timezone: rule,
    offsets: offsetsOf(rule),
  }))
}

/** When a store is open within `within`: rules 1 to 8 of docs/uptime.md. `offsetsOf` must reach three days beyond it. */
export function openIntervalsOf(
  schedule: Schedule,
  within: Interval,
  offsetsOf: (timezone: string) => ZoneOffsets,
): Intervals {
  return openIntervalsInZones(schedule, within, zonesInForce(schedule, within, offsetsOf))
}

/** As `openIntervalsOf`, where the zones in force over `within` are known. */
export function openIntervalsInZones(
  { hours, specialDays }: Schedule,
  within: Interval,
  zones: readonly ZoneInForce[],
): Intervals {
  const special = specialDaysAround(specialDays, within)
  if (special.size === 0 && hours.length === 0) return openIntervals(null, zones[0]!.offsets, within)
  const weekly = versionsInForce(hours.length > 0 ? hours : alwaysOpen, within)
  if (special.size === 0 && weekly.length === 1 && zones.length === 1) {
    return openIntervals(weekly[0]!.rule, zones[0]!.offsets, within)
  }
  const spans = zones.flatMap((zone) => [
    ...weekly.flatMap((version) => spansOfVersion(version, zone, special)),
    ...spansOfSpecialDays(special, zone),
  ])
  return mergedIntervals(spans, within)
}

const alwaysOpen: readonly Version<readonly WeeklyHours[]>[] = [{ validFromMs: -Infinity, rule: everyDay }]

interface RuleInForce<Rule> extends Interval {
  readonly rule: Rule
}

/** Rule 7: each version until the next one, the first also before it. */
function versionsInForce<Rule>(versions: readonly Version<Rule>[], within: Interval): RuleInForce<Rule>[] {
  const inForce: RuleInForce<Rule>[] = []
  versions.forEach(({ validFromMs, rule }, i) => {
    const startMs = i === 0 ? within.startMs : Math.max(validFromMs, within.startMs)
    const endMs = Math.min(versions[i + 1]?.validFromMs ?? Infinity, within.endMs)
    if (startMs < endMs) inForce.push({ startMs, endMs, rule })
  })
  return inForce
}

const DAY_MS = 86_400_000

type SpecialDays = ReadonlyMap<number, readonly DaySpan[]>

/** Those whose spans, or those that they replace, may touch `within`. */
function specialDaysAround(days: readonly SpecialDay[], within: Interval): SpecialDays {
  const first = Math.floor(within.startMs / DAY_MS) - 3
  const last = Math.floor(within.endMs / DAY_MS) + 1
  return new Map(
    days.filter(({ date }) => first <= date && date <= last).map(({ date, spans }) => [date, spans]),
  )
}

function spansOfVersion(
  version: RuleInForce<readonly WeeklyHours[]>,
  zone: ZoneInForce,
  special: SpecialDays,
): Interval[] {
  const both = common(version, zone)
  if (both === undefined) return []
  return cutTo(
    both,
    weeklySpans(version.rule, zone.offsets, both, (date) => special.has(date)),
  )
}

function spansOfSpecialDays(special: SpecialDays, zone: ZoneInForce): Interval[] {
  const spans = Array.from(special, ([date, spans]) =>
    spans.map((span) => spanOnDate(date, span, zone.offsets)),
  )
  return cutTo(zone, spans.flat())
}

function common(a: Interval, b: Interval): Interval | undefined {
  const startMs = Math.max(a.startMs, b.startMs)
  const endMs = Math.min(a.endMs, b.endMs)
  return startMs < endMs ? { startMs, endMs } : undefined
}

function cutTo(within: Interval, spans: readonly Interval[]): Interval[] {
  return spans.flatMap((span) => common(span, within) ?? [])
}
