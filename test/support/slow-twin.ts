/**
 * A second implementation of docs/uptime.md, to hold the quick one in server/uptime against. It is written from the
 * rules alone, one function a rule where that can be, and slow on purpose: Temporal places every span of every date,
 * time is cut wherever anything might change, and each piece is asked who speaks for it by looking at all polls.
 */
import { Temporal } from 'temporal-polyfill'
import type { WeeklyHours } from '../../server/uptime/business-hours.ts'
import type { Interval } from '../../server/uptime/interval.ts'
import type { Viewpoint } from '../../server/uptime/store-uptime.ts'
import type { Tally } from '../../server/uptime/tally.ts'

export interface Poll {
  readonly atMs: number
  readonly active: boolean
}

export interface Store {
  readonly timezone: string
  /** null where the store has no row for any weekday. */
  readonly hours: readonly WeeklyHours[] | null
  /** In the order in which they were ingested. */
  readonly polls: readonly Poll[]
}

/** The business time in each window, by who speaks for it: rules 9 to 15. */
export function slowTallies(store: Store, viewpoint: Viewpoint, windowLengthsMs: readonly number[]): Tally[] {
  const { asOfMs } = viewpoint
  const knownPolls = lastOfEachMillisecond(store.polls).filter(({ atMs }) => atMs <= asOfMs)
  const instants = [
    asOfMs,
    ...windowLengthsMs.map((ms) => asOfMs - ms),
    ...knownPolls.map(({ atMs }) => atMs),
  ]
  const spans = slowSpans(store, { startMs: Math.min(...instants), endMs: Math.max(...instants) + 1 })
  const speaking = knownPolls.filter(({ atMs }) => isInAny(spans, atMs))
  return windowLengthsMs.map((ms) =>
    slowTally(spans, speaking, viewpoint, { startMs: asOfMs - ms, endMs: asOfMs }),
  )
}

function slowTally(
  spans: readonly Interval[],
  speaking: readonly Poll[],
  viewpoint: Viewpoint,
  window: Interval,
): Tally {
  const { reachMs } = viewpoint
  const cuts = [
    ...spans.flatMap(({ startMs, endMs }) => [startMs, endMs]),
    ...speaking.flatMap(({ atMs }) => [atMs - reachMs, atMs, atMs + reachMs]),
    ...speaking.slice(1).map((poll, i) => midpoint(speaking[i]!, poll)),
  ]
  let uptimeMs = 0
  let downtimeMs = 0
  let unknownMs = 0
  for (const { startMs, endMs } of pieces(window, cuts)) {
    if (!isInAny(spans, startMs)) continue
    const poll = pollThatSpeaks(speaking, startMs, viewpoint)
    if (poll === undefined) unknownMs += endMs - startMs
    else if (poll.active) uptimeMs += endMs - startMs
    else downtimeMs += endMs - startMs
  }
  return { uptimeMs, downtimeMs, unknownMs }
}

/** Rules 12 and 13, for one moment. `speaking` is sorted. */
function pollThatSpeaks(
  speaking: readonly Poll[],
  momentMs: number,
  { interpolation, reachMs }: Viewpoint,
): Poll | undefined {
  const inReach = speaking.filter(({ atMs }) => atMs - reachMs <= momentMs && momentMs < atMs + reachMs)
  const latestBefore = inReach.findLast(({ atMs }) => atMs <= momentMs)
  const earliestAfter = inReach.find(({ atMs }) => atMs > momentMs)
  if (latestBefore === undefined || earliestAfter === undefined) return latestBefore ?? earliestAfter
  if (interpolation === 'previous') return latestBefore
  return momentMs < midpoint(latestBefore, earliestAfter) ? latestBefore : earliestAfter
}

function midpoint(a: Poll, b: Poll): number {
  return Math.floor((a.atMs + b.atMs) / 2)
}

function lastOfEachMillisecond(polls: readonly Poll[]): Poll[] {
  const byMillisecond = new Map(polls.map((poll) => [poll.atMs, poll]))
  return [...byMillisecond.values()].toSorted((a, b) => a.atMs - b.atMs)
}

/** When a store is open within `within`, merged: rules 1 to 6. */
export function slowOpenIntervals(store: Omit<Store, 'polls'>, within: Interval): Interval[] {
  const spans = slowSpans(store, within)
  const cuts = spans.flatMap(({ startMs, endMs }) => [startMs, endMs])
  const open: Interval[] = []
  for (const { startMs, endMs } of pieces(within, cuts)) {
    if (!isInAny(spans, startMs)) continue
    const last = open.at(-1)
    if (last?.endMs === startMs) open[open.length - 1] = { startMs: last.startMs, endMs }
    else open.push({ startMs, endMs })
  }
  return open
}

/** Every span of a store that might touch `within`, neither cut nor merged; some may be empty, or end before they start. */
function slowSpans({ timezone, hours }: Omit<Store, 'polls'>, within: Interval): Interval[] {
  if (hours === null) return [within]
  const spans: Interval[] = []
  const lastDate = localDate(within.endMs, timezone).add({ days: 3 })
  let date = localDate(within.startMs, timezone).subtract({ days: 4 })
  for (; Temporal.PlainDate.compare(date, lastDate) <= 0; date = date.add({ days: 1 })) {
    for (const row of hours) {
      if (row.day === date.dayOfWeek - 1) spans.push(slowSpan(row, date, timezone))
    }
  }
  return spans
}

/** Rules 3 to 5, for one row and date. */
function slowSpan(row: WeeklyHours, date: Temporal.PlainDate, timezone: string): Interval {
  const midnight = date.toPlainDateTime()
  const nextMidnight = midnight.add({ days: 1 })
  const start = midnight.add({ milliseconds: row.startMs })
  let end = midnight.add({ milliseconds: row.endMs })
  if (Temporal.PlainDateTime.compare(end, midnight.add({ hours: 23, minutes: 59 })) >= 0) end = nextMidnight
  if (Temporal.PlainDateTime.compare(end, start) <= 0) end = end.add({ days: 1 })
  return { startMs: slowInstantOfLocal(start, timezone), endMs: slowInstantOfLocal(end, timezone) }
}

/** Rule 5's choice. */
export function slowInstantOfLocal(local: Temporal.PlainDateTime, timezone: string): number {
  return local.toZonedDateTime(timezone, { disambiguation: 'compatible' }).epochMilliseconds
}

function localDate(epochMs: number, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timezone).toPlainDate()
}

function isInAny(spans: readonly Interval[], momentMs: number): boolean {
  return spans.some(({ startMs, endMs }) => startMs <= momentMs && momentMs < endMs)
}

/** `whole`, cut at those of `cuts` that lie inside it. */
function pieces(whole: Interval, cuts: readonly number[]): Interval[] {
  const inside = cuts.filter((at) => whole.startMs < at && at < whole.endMs)
  const ends = [...new Set([whole.startMs, ...inside, whole.endMs])].toSorted((a, b) => a - b)
  return ends.slice(1).map((endMs, i) => ({ startMs: ends[i]!, endMs }))
}
