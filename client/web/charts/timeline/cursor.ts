/** A moment of a timeline: how it moves, and what is said of it. */
import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Timeline, TimelineSegment } from '../../../../shared/timeline.ts'

const MINUTE_MS = 60_000
const STEP_MS = 15 * MINUTE_MS
const DAY_MS = 1440 * MINUTE_MS

/** The moment that a key leads to; undefined where it is none of the keys of a timeline. */
export function movedBy(key: string, atMs: number, timeline: Timeline): number | undefined {
  const [firstMs, lastMs] = [Date.parse(timeline.since), Date.parse(timeline.until) - 1]
  const within = (ms: number) => Math.min(lastMs, Math.max(firstMs, ms))
  switch (key) {
    case 'ArrowLeft':
      return within(Math.ceil(atMs / STEP_MS - 1) * STEP_MS)
    case 'ArrowRight':
      return within(Math.floor(atMs / STEP_MS + 1) * STEP_MS)
    case 'ArrowUp':
      return within(onOtherDay(atMs, -DAY_MS, timeline))
    case 'ArrowDown':
      return within(onOtherDay(atMs, DAY_MS, timeline))
    case 'PageUp':
      return changesOf(timeline).findLast((ms) => ms < atMs) ?? firstMs
    case 'PageDown':
      return changesOf(timeline).find((ms) => ms > atMs) ?? lastMs
    case 'Home':
      return firstMs
    case 'End':
      return lastMs
    default:
      return undefined
  }
}

/** At the same time of the local clock. */
function onOtherDay(atMs: number, byMs: number, { offsets }: Timeline): number {
  const { localMsOf } = createLocalClock(offsets)
  const offsetOf = (ms: number) => localMsOf(ms) - ms
  return atMs + byMs + offsetOf(atMs) - offsetOf(atMs + byMs)
}

/** When the status changes. */
function changesOf({ segments }: Timeline): number[] {
  return segments.flatMap(({ start, status }, i) =>
    i > 0 && segments[i - 1]!.status !== status ? [Date.parse(start)] : [],
  )
}

function segmentAt({ segments }: Timeline, atMs: number): TimelineSegment | undefined {
  return segments.findLast(({ start }) => Date.parse(start) <= atMs)
}

/** `Tue 2023-01-24 13:53: down, by the poll at 14:14 (inactive), 21 min away`. */
export function momentInWords(timeline: Timeline, atMs: number): string {
  const clock = createLocalClock(timeline.offsets)
  const segment = segmentAt(timeline, atMs)
  const status = segment?.status ?? 'closed'
  const at = clock.format(atMs)
  const poll = segment?.poll ?? null
  if (poll === null) return `${at}: ${status}${status === 'unknown' ? ', no poll speaks for it' : ''}`
  const pollAt = clock.format(poll)
  const shown = pollAt.slice(0, -5) === at.slice(0, -5) ? pollAt.slice(-5) : pollAt
  const found = timeline.polls.find((one) => one.at === poll)?.status
  const awayMs = Math.abs(Date.parse(poll) - atMs)
  return `${at}: ${status}, by the poll at ${shown}${found ? ` (${found})` : ''}, ${distance(awayMs)}`
}

function distance(awayMs: number): string {
  const minutes = Math.round(awayMs / MINUTE_MS)
  if (minutes === 0) return 'at that minute'
  const hour = Math.floor(minutes / 60)
  return hour === 0 ? `${minutes} min away` : `${hour} h ${String(minutes % 60).padStart(2, '0')} min away`
}
