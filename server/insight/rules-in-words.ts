import { formatLocalDate } from '../../shared/local-date.ts'
import type { TimelineRule } from '../../shared/timeline.ts'
import type { WeeklyHours } from '../uptime/business-hours.ts'
import type { Interval } from '../uptime/interval.ts'
import {
  zoneOfStoresWithoutOne,
  type DaySpan,
  type Schedule,
  type Version,
  type ZoneInForce,
} from '../uptime/schedule.ts'
import { exactInstant } from './exact-instant.ts'

const DAY_MS = 86_400_000
const weekdays = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays']

/** The rules of a store in force in a window, in words: rule 31 of docs/uptime.md. */
export function rulesInForce(
  { hours, zones, specialDays }: Schedule,
  zonesOfWindow: readonly ZoneInForce[],
  window: Interval,
): TimelineRule[] {
  const first = Math.floor(window.startMs / DAY_MS) - 1
  const last = Math.floor(window.endMs / DAY_MS) + 1
  return [
    ...versionsIn(hours, window).map(({ validFromMs, rule }) =>
      ruleOf('hours', validFromMs, hoursText(rule)),
    ),
    ...(hours.length === 0 ? [ruleOf('hours', -Infinity, 'always open, as no file has hours of it')] : []),
    ...specialDays
      .filter(({ date }) => first <= date && date <= last)
      .map(({ date, spans }) =>
        ruleOf('special day', -Infinity, `${formatLocalDate(date)}: ${spansText(spans)}`),
      ),
    ...versionsIn(zones, window).map(({ validFromMs, rule }) =>
      ruleOf('zone', validFromMs, zoneText(rule, zonesOfWindow, window)),
    ),
    ...(zones.length === 0
      ? [
          ruleOf(
            'zone',
            -Infinity,
            `${zoneText(zoneOfStoresWithoutOne, zonesOfWindow, window)}, as no file has a zone of it`,
          ),
        ]
      : []),
  ]
}

function ruleOf(what: TimelineRule['what'], fromMs: number, text: string): TimelineRule {
  return { what, from: fromMs === -Infinity ? null : exactInstant(fromMs), text }
}

function versionsIn<Rule>(versions: readonly Version<Rule>[], window: Interval): Version<Rule>[] {
  return versions.filter(({ validFromMs }, i) => {
    const startMs = i === 0 ? -Infinity : validFromMs
    return startMs < window.endMs && (versions[i + 1]?.validFromMs ?? Infinity) > window.startMs
  })
}

/** Days of the same spans together. */
function hoursText(rows: readonly WeeklyHours[]): string {
  const daysOf = Map.groupBy(
    weekdays.filter((_, day) => rows.some((row) => row.day === day)),
    (name) => spansText(rows.filter(({ day }) => weekdays[day] === name)),
  )
  return [...daysOf].map(([spans, days]) => `${daysText(days)} ${spans}`).join('; ')
}

/** `Mondays, Wednesdays to Fridays`. */
function daysText(days: readonly string[]): string {
  if (days.length === weekdays.length) return 'every day'
  const runs: string[][] = []
  for (const day of days) {
    const run = runs.at(-1)
    if (run !== undefined && weekdays.indexOf(run.at(-1)!) + 1 === weekdays.indexOf(day)) run.push(day)
    else runs.push([day])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]} to ${run.at(-1)}` : run.join(', '))).join(', ')
}

function spansText(spans: readonly DaySpan[]): string {
  if (spans.length === 0) return 'closed'
  return spans.map(({ startMs, endMs }) => `${timeText(startMs)}–${timeText(endMs)}`).join(' and ')
}

function timeText(sinceMidnightMs: number): string {
  const text = new Date(sinceMidnightMs % DAY_MS).toISOString().slice(11, 19)
  const time = text.endsWith(':00') ? text.slice(0, 5) : text
  return sinceMidnightMs === DAY_MS ? '24:00' : time
}

/** `America/Chicago, −06:00`; with both offsets where its clock changes. */
function zoneText(timezone: string, zones: readonly ZoneInForce[], window: Interval): string {
  const offsets = zones
    .filter((zone) => zone.timezone === timezone)
    .flatMap(({ offsets: { startsMs, offsetsMs } }) =>
      offsetsMs.filter(
        (_, i) => startsMs[i]! < window.endMs && (startsMs[i + 1] ?? Infinity) > window.startMs,
      ),
    )
  return [timezone, [...new Set(offsets)].map(offsetText).join(' and ')].join(', ')
}

function offsetText(offsetMs: number): string {
  const text = new Date(Math.abs(offsetMs)).toISOString().slice(11, 16)
  return `${offsetMs < 0 ? '−' : '+'}${text}`
}
