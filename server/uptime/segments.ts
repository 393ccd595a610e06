import { isWithin, type Interval, type Intervals } from './interval.ts'
import { POLL_WEEK_MS } from './poll-week.ts'
import { businessTime, findSpeakingPolls, type JudgedInput, type SpeakingPolls } from './speaking-polls.ts'

export const segmentStatuses = ['up', 'down', 'unknown', 'excused', 'closed'] as const
export type SegmentStatus = (typeof segmentStatuses)[number]

/** A longest possible stretch of one status, and of one poll that speaks for it: rule 30 of docs/uptime.md. */
export interface Segment extends Interval {
  readonly status: SegmentStatus
  /** When the poll was taken that speaks; null where none does. */
  readonly pollMs: number | null
}

type SegmentVisitor = (startMs: number, endMs: number, status: SegmentStatus, pollMs: number | null) => void

/** What segments are made of. */
export interface Judgement {
  readonly business: Intervals
  readonly polls: SpeakingPolls
  readonly excused: Intervals
}

export function judgementOf(input: JudgedInput): Judgement {
  return {
    business: businessTime(input),
    polls: findSpeakingPolls(input),
    excused: input.corrections?.excused ?? new Float64Array(0),
  }
}

/** The segments of `window`, from end to end, but for what of it is not before `asOf`. */
export function findSegments(input: JudgedInput, window: Interval): Segment[] {
  const segments: Segment[] = []
  const endMs = Math.min(window.endMs, input.viewpoint.asOfMs)
  if (endMs <= window.startMs) return segments
  walkSegments(
    judgementOf(input),
    { startMs: window.startMs, endMs },
    (segmentStartMs, segmentEndMs, status, pollMs) => {
      segments.push({ startMs: segmentStartMs, endMs: segmentEndMs, status, pollMs })
    },
  )
  return segments
}

/** Visits the segments of a window that is not empty and ends at or before `asOf`, in order. */
export function walkSegments(
  { business, polls, excused }: Judgement,
  window: Interval,
  visit: SegmentVisitor,
): void {
  const emit = joining(visit)
  const emitBusiness = excusing(excused, emit)
  let p = 0
  let at = window.startMs
  for (let b = 0; b < business.length && business[b]! < window.endMs; b += 2) {
    const endMs = Math.min(business[b + 1]!, window.endMs)
    if (endMs <= at) continue
    if (business[b]! > at) emit(at, business[b]!, 'closed', null)
    at = Math.max(at, business[b]!)
    while (at < endMs) {
      while (p < polls.count && polls.endMs[p]! <= at) p++
      const speaks = p < polls.count && polls.startMs[p]! <= at
      const untilMs = p === polls.count ? Infinity : speaks ? polls.endMs[p]! : polls.startMs[p]!
      const pieceEndMs = Math.min(untilMs, endMs)
      if (!speaks) emitBusiness(at, pieceEndMs, 'unknown', null)
      else emitBusiness(at, pieceEndMs, polls.active[p] === 1 ? 'up' : 'down', polls.atMs[p]!)
      at = pieceEndMs
    }
  }
  if (at < window.endMs) emit(at, window.endMs, 'closed', null)
  emit(window.endMs, window.endMs, null, null)
}

/** What is to be visited piece by piece, in order; null ends it. */
type PieceVisitor = (
  startMs: number,
  endMs: number,
  status: SegmentStatus | null,
  pollMs: number | null,
) => void

/** Pieces that touch and are alike become one. */
function joining(visit: SegmentVisitor): PieceVisitor {
  let fromMs = 0
  let toMs = 0
  let of: SegmentStatus | null = null
  let by: number | null = null
  return (startMs, endMs, status, pollMs) => {
    if (of !== null && of === status && by === pollMs) {
      toMs = endMs
      return
    }
    if (of !== null) visit(fromMs, toMs, of, by)
    fromMs = startMs
    toMs = endMs
    of = status
    by = pollMs
  }
}

/** Cuts pieces of business time where excused time begins and ends. */
function excusing(excused: Intervals, emit: PieceVisitor): PieceVisitor {
  let e = 0
  return (startMs, endMs, status, pollMs) => {
    let at = startMs
    while (at < endMs) {
      while (e < excused.length && excused[e + 1]! <= at) e += 2
      const isExcused = e < excused.length && excused[e]! <= at
      const untilMs = e === excused.length ? Infinity : isExcused ? excused[e + 1]! : excused[e]!
      const pieceEndMs = Math.min(untilMs, endMs)
      emit(at, pieceEndMs, isExcused ? 'excused' : status, pollMs)
      at = pieceEndMs
    }
  }
}

export const silences = ['outside business hours', 'corrected'] as const
export type Silence = (typeof silences)[number]

export interface JudgedPoll {
  readonly atMs: number
  readonly active: boolean
  /** Why it does not speak; null where it does. */
  readonly silence: Silence | null
}

/** The polls taken in a window, up to `asOf`, in order: rule 31 of docs/uptime.md. */
export function pollsIn(
  { open, weeks, viewpoint, corrections }: JudgedInput,
  window: Interval,
): JudgedPoll[] {
  const endMs = Math.min(window.endMs, viewpoint.asOfMs + 1)
  const polls: JudgedPoll[] = []
  for (const { week, words, from, to } of weeks) {
    for (let i = from; i < to; i++) {
      const atMs = week * POLL_WEEK_MS + (words[i]! >>> 1)
      if (atMs < window.startMs || atMs >= endMs) continue
      const isCorrected = corrections !== undefined && isWithin(corrections.silent, atMs)
      const silence = !isWithin(open, atMs) ? 'outside business hours' : isCorrected ? 'corrected' : null
      polls.push({ atMs, active: (words[i]! & 1) === 1, silence })
    }
  }
  return polls
}
