/**
 * A second implementation of docs/uptime.md, to hold the quick one in server/uptime against. It is written from the
 * rules alone, one function a rule where that can be, and slow on purpose: Temporal places every span of every date,
 * time is cut wherever anything might change, and each piece is asked whether it is business time, which rules are in
 * force in it, and who speaks for it, by looking at all of them.
 */
import { Temporal } from 'temporal-polyfill'
import type { WeeklyHours } from '../../server/uptime/business-hours.ts'
import type { Correction, CorrectionKind } from '../../server/uptime/corrections.ts'
import type { Interval } from '../../server/uptime/interval.ts'
import type { Outage } from '../../server/uptime/outages.ts'
import type { PeriodUnit } from '../../server/uptime/periods.ts'
import type { DaySpan, Schedule, Version } from '../../server/uptime/schedule.ts'
import type { Segment, SegmentStatus } from '../../server/uptime/segments.ts'
import type { Viewpoint } from '../../server/uptime/store-uptime.ts'
import type { Tally } from '../../server/uptime/tally.ts'

export interface Poll {
  readonly atMs: number
  readonly active: boolean
}

/** A store with one zone and one weekly rule. */
export interface Store {
  readonly timezone: string
  /** null where the store has no row for any weekday. */
  readonly hours: readonly WeeklyHours[] | null
  /** In the order in which they were ingested. */
  readonly polls: readonly Poll[]
}

/** A store with all that may be known of one. */
export interface DetailedStore {
  readonly schedule: Schedule
  readonly polls: readonly Poll[]
  readonly corrections: readonly Correction[]
}

export function withSchedule({ timezone, hours, polls }: Store): DetailedStore {
  return { schedule: scheduleOf(timezone, hours), polls, corrections: [] }
}

export function scheduleOf(timezone: string, hours: readonly WeeklyHours[] | null): Schedule {
  return {
    zones: [{ validFromMs: -Infinity, rule: timezone }],
    hours: hours === null ? [] : [{ validFromMs: -Infinity, rule: hours }],
    specialDays: [],
  }
}

/** A stretch of time in which nothing changes. */
interface Piece extends Interval {
  readonly status: SegmentStatus
  readonly poll: Poll | undefined
}

/** The business time in each window, by who speaks for it: rules 9 to 15. */
export function slowTallies(store: Store, viewpoint: Viewpoint, windowLengthsMs: readonly number[]): Tally[] {
  return slowDetailedTallies(withSchedule(store), viewpoint, windowLengthsMs)
}

/** Rules 9 to 15 and 20 to 22. */
export function slowDetailedTallies(
  store: DetailedStore,
  viewpoint: Viewpoint,
  windowLengthsMs: readonly number[],
): Tally[] {
  const { asOfMs } = viewpoint
  const longest = { startMs: asOfMs - Math.max(...windowLengthsMs), endMs: asOfMs }
  const cuts = windowLengthsMs.map((ms) => asOfMs - ms)
  const found = slowPieces(store, viewpoint, longest, cuts)
  return windowLengthsMs.map((ms) => totalOf(found.filter(({ startMs }) => startMs >= asOfMs - ms)))
}

function totalOf(found: readonly Piece[]): Tally {
  const total = (wanted: SegmentStatus) =>
    found.reduce((sum, { status, startMs, endMs }) => sum + (status === wanted ? endMs - startMs : 0), 0)
  return {
    uptimeMs: total('up'),
    downtimeMs: total('down'),
    unknownMs: total('unknown'),
    excusedMs: total('excused'),
  }
}

/** Rule 30, for a window before `asOf`. */
export function slowSegments(store: DetailedStore, viewpoint: Viewpoint, window: Interval): Segment[] {
  const segments: Segment[] = []
  for (const { startMs, endMs, status, poll } of slowPieces(store, viewpoint, window)) {
    const pollMs = poll?.atMs ?? null
    const last = segments.at(-1)
    if (last?.status === status && last.pollMs === pollMs) segments[segments.length - 1] = { ...last, endMs }
    else segments.push({ startMs, endMs, status, pollMs })
  }
  return segments
}

/** Rule 31. */
export function slowPolls(
  store: DetailedStore,
  { asOfMs }: Viewpoint,
  window: Interval,
): { atMs: number; active: boolean; silence: string | null }[] {
  const rules = placed(store.schedule, window)
  return lastOfEachMillisecond(store.polls)
    .filter(({ atMs }) => window.startMs <= atMs && atMs < window.endMs && atMs <= asOfMs)
    .map(({ atMs, active }) => {
      const isCorrectedPoll = isCorrected(store, ['wrong-data', 'closed'], atMs)
      const silence = isCorrectedPoll ? 'corrected' : null
      return { atMs, active, silence: rules.isOpen(atMs) ? silence : 'outside business hours' }
    })
}

export interface Dates {
  readonly fromDate: number
  readonly toDate: number
}

/** Rules 23 and 24: the totals of each period of the dates, by its name. Zones have offsets of whole quarters of an hour. */
export function slowPeriods(
  store: DetailedStore,
  viewpoint: Viewpoint,
  by: PeriodUnit,
  { fromDate, toDate }: Dates,
): Map<string, Tally> {
  const window = { startMs: dayMs(fromDate - 2), endMs: Math.min(dayMs(toDate + 3), viewpoint.asOfMs) }
  const found = window.startMs < window.endMs ? datedPieces(store, viewpoint, window) : []
  const piecesOf = Map.groupBy(
    found.filter(({ date }) => fromDate <= date && date <= toDate),
    ({ local }) => slowPeriodName(by, local),
  )
  return new Map(Array.from(piecesOf, ([name, inPeriod]) => [name, totalOf(inPeriod)]))
}

/** Rule 23's names. */
export function slowPeriodName(by: PeriodUnit, local: Temporal.PlainDateTime): string {
  const two = (number: number) => String(number).padStart(2, '0')
  switch (by) {
    case 'day':
      return local.toPlainDate().toString()
    case 'month':
      return `${local.year}-${two(local.month)}`
    case 'week': {
      // The week belongs to the year that its Thursday is in, and is as manieth as that Thursday.
      const thursday = local.subtract({ days: local.dayOfWeek - 4 })
      return `${thursday.year}-W${two(Math.ceil(thursday.dayOfYear / 7))}`
    }
    case 'hour-of-week':
      return `${['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][local.dayOfWeek - 1]} ${two(local.hour)}:00`
  }
}

interface DatedPiece extends Piece {
  /** In the zone in force. */
  readonly local: Temporal.PlainDateTime
  readonly date: number
}

/** Pieces that are also cut wherever the local date or hour may change. */
function datedPieces(store: DetailedStore, viewpoint: Viewpoint, window: Interval): DatedPiece[] {
  const zones = store.schedule.zones.length > 0 ? store.schedule.zones : [always('America/Chicago')]
  const cuts = [...quartersOfAnHour(window), ...zones.flatMap(({ rule }) => transitions(rule, window))]
  return slowPieces(store, viewpoint, window, cuts).map((piece) => {
    const local = zoned(piece.startMs, inForce(zones, piece.startMs).rule).toPlainDateTime()
    const date = local.toPlainDate().since(new Temporal.PlainDate(1970, 1, 1), { largestUnit: 'day' }).days
    return { ...piece, local, date }
  })
}

const QUARTER_MS = 15 * 60_000

function quartersOfAnHour({ startMs, endMs }: Interval): number[] {
  const cuts: number[] = []
  for (let at = Math.ceil(startMs / QUARTER_MS) * QUARTER_MS; at < endMs; at += QUARTER_MS) cuts.push(at)
  return cuts
}

function transitions(timezone: string, { startMs, endMs }: Interval): number[] {
  const next = zoned(startMs, timezone).getTimeZoneTransition('next')
  if (next === null || next.epochMilliseconds >= endMs) return []
  return [next.epochMilliseconds, ...transitions(timezone, { startMs: next.epochMilliseconds, endMs })]
}

function dayMs(date: number): number {
  return date * 86_400_000
}

/** Rules 26 to 29, of outages within `window`, which is long enough to hold them whole. */
export function slowOutages(
  store: DetailedStore,
  viewpoint: Viewpoint,
  window: Interval,
  { fromDate, toDate }: Dates,
): Outage[] {
  const { asOfMs, reachMs } = viewpoint
  const untilMs = Math.min(window.endMs, asOfMs)
  if (window.startMs >= untilMs) return []
  const business = datedPieces(store, viewpoint, { startMs: window.startMs, endMs: untilMs }).filter(
    ({ status }) => status !== 'closed',
  )
  const known = lastOfEachMillisecond(store.polls).filter(({ atMs }) => atMs <= asOfMs)
  const rules = placed(store.schedule, {
    startMs: Math.min(window.startMs, ...known.map(({ atMs }) => atMs)),
    endMs: Math.max(window.endMs, ...known.map(({ atMs }) => atMs)) + 1,
  })
  const active = known
    .filter(({ atMs }) => rules.isOpen(atMs) && !isCorrected(store, ['wrong-data', 'closed'], atMs))
    .filter((poll) => poll.active)
    .map(({ atMs }) => atMs)
  const wide = { startMs: window.startMs - 2 * reachMs, endMs: Math.min(window.endMs + 2 * reachMs, asOfMs) }
  const businessMs = (startMs: number, endMs: number) =>
    slowPieces(store, viewpoint, wide, [startMs, endMs])
      .filter((piece) => piece.status !== 'closed' && startMs <= piece.startMs && piece.endMs <= endMs)
      .reduce((sum, piece) => sum + piece.endMs - piece.startMs, 0)

  return runsOf(business)
    .map((run): Outage & { isAskedFor: boolean } => {
      const pollTimes = run.map(({ poll }) => poll!.atMs)
      const firstPollMs = Math.min(...pollTimes)
      const lastPollMs = Math.max(...pollTimes)
      const before = active.filter((atMs) => atMs < firstPollMs && firstPollMs - atMs <= reachMs)
      const after = active.filter((atMs) => atMs > lastPollMs && atMs - lastPollMs <= reachMs)
      const fromMs = Math.max(firstPollMs - reachMs, ...before)
      const toMs = Math.min(lastPollMs + reachMs, asOfMs, ...after)
      return {
        startMs: run[0]!.startMs,
        endMs: run.at(-1) === business.at(-1) ? null : run.at(-1)!.endMs,
        downtimeMs: totalOf(run).downtimeMs,
        shortestMs: businessMs(firstPollMs, lastPollMs),
        longestMs: businessMs(fromMs, toMs),
        firstPollMs,
        lastPollMs,
        isAskedFor: run.some(({ date }) => fromDate <= date && date <= toDate),
      }
    })
    .flatMap(({ isAskedFor, ...outage }) => (isAskedFor ? [outage] : []))
}

/** Rule 26: the longest runs of down pieces. */
function runsOf(business: readonly DatedPiece[]): DatedPiece[][] {
  const runs: DatedPiece[][] = []
  business.forEach((piece, i) => {
    if (piece.status !== 'down') return
    if (business[i - 1]?.status === 'down') runs.at(-1)!.push(piece)
    else runs.push([piece])
  })
  return runs
}

/** A window before `asOf`, judged piece by piece. */
function slowPieces(
  store: DetailedStore,
  viewpoint: Viewpoint,
  window: Interval,
  furtherCuts: readonly number[] = [],
): Piece[] {
  const { asOfMs, reachMs } = viewpoint
  const known = lastOfEachMillisecond(store.polls).filter(({ atMs }) => atMs <= asOfMs)
  const instants = [window.startMs, window.endMs, ...known.map(({ atMs }) => atMs)]
  const rules = placed(store.schedule, { startMs: Math.min(...instants), endMs: Math.max(...instants) + 1 })
  const speaking = known.filter(
    ({ atMs }) => rules.isOpen(atMs) && !isCorrected(store, ['wrong-data', 'closed'], atMs),
  )
  const cuts = [
    ...rules.cuts,
    ...furtherCuts,
    ...store.corrections.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    ...speaking.flatMap(({ atMs }) => [atMs - reachMs, atMs, atMs + reachMs]),
    ...speaking.slice(1).map((poll, i) => midpoint(speaking[i]!, poll)),
  ]
  return pieces(window, cuts).map(({ startMs, endMs }) => {
    const poll = pollThatSpeaks(speaking, startMs, viewpoint)
    const isBusiness = rules.isOpen(startMs) && !isCorrected(store, ['closed'], startMs)
    const judged = !isBusiness ? 'closed' : poll === undefined ? 'unknown' : poll.active ? 'up' : 'down'
    const status = isBusiness && isCorrected(store, ['excused'], startMs) ? 'excused' : judged
    return { startMs, endMs, status, poll: isBusiness ? poll : undefined }
  })
}

/** Rules 20 and 21: whether a correction of these kinds applies to a moment. */
function isCorrected(
  { corrections }: DetailedStore,
  kinds: readonly CorrectionKind[],
  momentMs: number,
): boolean {
  return corrections.some(
    ({ kind, fromMs, toMs }) => kinds.includes(kind) && fromMs <= momentMs && momentMs < toMs,
  )
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
export function slowOpenIntervals(
  { timezone, hours }: Pick<Store, 'timezone' | 'hours'>,
  within: Interval,
): Interval[] {
  return slowScheduledIntervals(scheduleOf(timezone, hours), within)
}

/** When a store is open within `within`, merged: rules 1 to 8. */
export function slowScheduledIntervals(schedule: Schedule, within: Interval): Interval[] {
  const rules = placed(schedule, within)
  const open: Interval[] = []
  for (const { startMs, endMs } of pieces(within, rules.cuts)) {
    if (!rules.isOpen(startMs)) continue
    const last = open.at(-1)
    if (last?.endMs === startMs) open[open.length - 1] = { startMs: last.startMs, endMs }
    else open.push({ startMs, endMs })
  }
  return open
}

interface PlacedRules {
  isOpen(momentMs: number): boolean
  /** Wherever that may change. */
  readonly cuts: readonly number[]
}

/** Every version of the hours in every zone, on the calendar around `within`. */
function placed(schedule: Schedule, within: Interval): PlacedRules {
  const zones = schedule.zones.length > 0 ? schedule.zones : [always('America/Chicago')] // rule 2
  const hours = schedule.hours.length > 0 ? schedule.hours : [always(null)] // rule 1
  const combinations = zones.flatMap((zone) =>
    hours.map((version) => ({
      zone,
      version,
      spans: slowSpans(schedule, version.rule, zone.rule, within),
    })),
  )
  return {
    isOpen: (momentMs) => {
      const zone = inForce(zones, momentMs)
      const version = inForce(hours, momentMs)
      const now = combinations.find((each) => each.zone === zone && each.version === version)!
      return isInAny(now.spans, momentMs)
    },
    cuts: [
      ...[...zones, ...hours].map(({ validFromMs }) => validFromMs),
      ...combinations.flatMap(({ spans }) => spans.flatMap(({ startMs, endMs }) => [startMs, endMs])),
    ],
  }
}

function always<Rule>(rule: Rule): Version<Rule> {
  return { validFromMs: -Infinity, rule }
}

/** Rule 7, for one moment. */
function inForce<Rule>(versions: readonly Version<Rule>[], momentMs: number): Version<Rule> {
  return versions.findLast(({ validFromMs }) => validFromMs <= momentMs) ?? versions[0]!
}

/** Every span of hours in a zone that might touch `within`, neither cut nor merged; some may be empty, or end before they start. */
function slowSpans(
  { specialDays }: Schedule,
  hours: readonly WeeklyHours[] | null,
  timezone: string,
  within: Interval,
): Interval[] {
  if (hours === null && specialDays.length === 0) return [within]
  const spans: Interval[] = []
  const lastDate = localDate(within.endMs, timezone).add({ days: 3 })
  let date = localDate(within.startMs, timezone).subtract({ days: 4 })
  for (; Temporal.PlainDate.compare(date, lastDate) <= 0; date = date.add({ days: 1 })) {
    const special = specialDays.find((day) => date.equals(dateOfNumber(day.date)))
    const usual = hours?.filter(({ day }) => day === date.dayOfWeek - 1) ?? [wholeDay]
    for (const row of special?.spans ?? usual) spans.push(slowSpan(row, date, timezone)) // rule 8
  }
  return spans
}

const wholeDay: DaySpan = { startMs: 0, endMs: 86_400_000 }

function dateOfNumber(date: number): Temporal.PlainDate {
  return new Temporal.PlainDate(1970, 1, 1).add({ days: date })
}

/** Rules 3 to 5, for one row and date. */
function slowSpan(row: DaySpan, date: Temporal.PlainDate, timezone: string): Interval {
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
  return zoned(epochMs, timezone).toPlainDate()
}

function zoned(epochMs: number, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timezone)
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
