import { AppError } from '../../shared/app-error.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import type { DateOrInstant, Timeline, TimelineQuery } from '../../shared/timeline.ts'
import type { Db } from '../database/connect.ts'
import type { Interval } from '../uptime/interval.ts'
import { timeOnDates } from '../uptime/periods.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import type { ZoneInForce } from '../uptime/schedule.ts'
import { findSegments, pollsIn, type Segment, type SegmentStatus } from '../uptime/segments.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import { exactInstant } from './exact-instant.ts'
import { rowsOf } from './outages.ts'
import { salesInWindow } from './sales-in-window.ts'
import { wholeOutages } from './whole-outages.ts'
import { rulesInForce } from './rules-in-words.ts'
import { judgingOf, readJudgedStore, type Judging } from './judged-store.ts'

const DAY_MS = 86_400_000
const USUAL_MS = 7 * DAY_MS
const MOST_DAYS = 400

/** Takes a store's time apart: rules 30 and 31 of docs/uptime.md. */
export async function readTimeline(db: Db, query: TimelineQuery): Promise<Timeline> {
  const { storeId } = query
  const judging = await judgingOf(db, query)
  const range = rangeOf(query, judging)
  const time = knownTime(
    { startMs: range.startMs - judging.reachMs, endMs: range.endMs + judging.reachMs },
    judging.asOfMs,
  )
  const { input, schedule, zones } = await readJudgedStore(db, storeId, time, judging)
  const window = windowOf(query, range, zones, judging)
  const segments = findSegments(input, window)
  const isEmpty = window.startMs === window.endMs
  const askedFor = isEmpty ? new Float64Array(0) : Float64Array.of(window.startMs, window.endMs)
  const totals = totalsOf(segments)
  const salesAtRisk = totals.downtimeMs === 0 ? null : await salesInWindow(db, storeId, judging, window)
  return {
    storeId,
    since: exactInstant(window.startMs),
    until: exactInstant(window.endMs),
    asOf: exactInstant(judging.asOfMs),
    totals,
    segments: segments.map(({ startMs, endMs, status, pollMs }) => ({
      start: exactInstant(startMs),
      end: exactInstant(endMs),
      status,
      poll: pollMs === null ? null : exactInstant(pollMs),
    })),
    polls: pollsIn(input, window).map(({ atMs, active, silence }) => ({
      at: exactInstant(atMs),
      status: active ? 'active' : 'inactive',
      silence,
    })),
    outages: rowsOf(storeId, await wholeOutages(db, storeId, judging, askedFor)),
    salesAtRisk,
    rules: rulesInForce(schedule, zones, window),
    offsets: offsetsIn(zones, window),
  }
}

/** The instants that may be meant, whatever the store's zone is. */
function rangeOf({ since, until }: TimelineQuery, { asOfMs }: Judging): Interval {
  const endMs = until === undefined ? asOfMs : edgesOf(until).endMs
  const startMs = since === undefined ? endMs - USUAL_MS : edgesOf(since).startMs
  if (startMs >= endMs) {
    throw new AppError('invalid', 'since is not before until: give the earlier date or instant as since')
  }
  if (endMs - startMs > (MOST_DAYS + 3) * DAY_MS) {
    throw new AppError(
      'invalid',
      `since to until are ${Math.ceil((endMs - startMs) / DAY_MS)} days: at most ${MOST_DAYS} are explained at once`,
    )
  }
  return { startMs, endMs }
}

function edgesOf(when: DateOrInstant): Interval {
  return 'date' in when ? timeOfDates(when.date, when.date, 0) : { startMs: when.atMs, endMs: when.atMs }
}

/** The window in the store's zone, up to `asOf`. A date that the zone skipped begins with the next one. */
function windowOf(
  { since, until }: TimelineQuery,
  range: Interval,
  zones: readonly ZoneInForce[],
  { asOfMs }: Judging,
): Interval {
  const firstMs =
    since !== undefined && 'date' in since
      ? (timeOnDates(zones, since.date, since.date + 2)[0] ?? range.startMs)
      : range.startMs
  const lastMs =
    until !== undefined && 'date' in until
      ? (timeOnDates(zones, until.date - 2, until.date).at(-1) ?? range.endMs)
      : range.endMs
  return { startMs: firstMs, endMs: Math.max(firstMs, Math.min(lastMs, asOfMs)) }
}

function totalsOf(segments: readonly Segment[]): Timeline['totals'] {
  const total = (wanted: SegmentStatus) =>
    segments.reduce((sum, { status, startMs, endMs }) => sum + (status === wanted ? endMs - startMs : 0), 0)
  const uptimeMs = total('up')
  const downtimeMs = total('down')
  return {
    uptimeMs,
    downtimeMs,
    unknownMs: total('unknown'),
    excusedMs: total('excused'),
    uptimePercent: uptimePercent(uptimeMs, downtimeMs),
  }
}

/** What local time is ahead of UTC, from the start of the window on. */
function offsetsIn(zones: readonly ZoneInForce[], window: Interval): Timeline['offsets'] {
  return zones.flatMap(({ startMs, endMs, timezone, offsets }) =>
    offsets.offsetsMs.flatMap((offsetMs, i) => {
      const fromMs = Math.max(startMs, offsets.startsMs[i]!, window.startMs)
      const toMs = Math.min(endMs, offsets.startsMs[i + 1] ?? Infinity)
      const isIn = fromMs < toMs && fromMs <= window.endMs
      return isIn ? [{ start: exactInstant(fromMs), timezone, offsetMs }] : []
    }),
  )
}
