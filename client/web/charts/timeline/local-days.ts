/** Where the moments of a window stand among a store's local dates: a row for each, from its midnight to the next. */
import { formatLocalDate } from '../../../../shared/local-date.ts'
import type { Timeline } from '../../../../shared/timeline.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Time that runs evenly from one place of a row to another; a row's places go from 0 to 1. */
export interface Piece {
  readonly startMs: number
  readonly endMs: number
  readonly from: number
  readonly to: number
}

/** Time of a row that its clocks show twice, one after the other, or not at all. */
export interface ClockChange {
  readonly from: number
  readonly to: number
  readonly isRepeated: boolean
}

export interface LocalDay {
  readonly date: string
  /** How long it is by its clocks: 24, but where they change. */
  readonly hours: number
  readonly changes: readonly ClockChange[]
  /** In order of time. */
  readonly pieces: readonly Piece[]
}

interface Era {
  readonly startMs: number
  readonly endMs: number
  readonly offsetMs: number
}

/** Local time, as if it were UTC, that a change of offset repeats or skips. */
interface Jump {
  readonly fromMs: number
  readonly toMs: number
  readonly isRepeated: boolean
}

/**
 * The local dates of a window. An hour that comes twice has its own place twice as densely: the first time in its left
 * half, the second in its right one.
 */
export function localDays({
  since,
  until,
  offsets,
}: Pick<Timeline, 'since' | 'until' | 'offsets'>): LocalDay[] {
  const [sinceMs, untilMs] = [Date.parse(since), Date.parse(until)]
  const eras = offsets.map(({ start, offsetMs }, i): Era => {
    const next = offsets[i + 1]
    const startMs = Math.max(sinceMs, Date.parse(start))
    return { startMs, endMs: next === undefined ? untilMs : Date.parse(next.start), offsetMs }
  })
  const jumps = eras.map((era, i) => jumpInto(era, eras[i - 1]))
  const days = new Map<number, Piece[]>()
  for (const [i, era] of eras.entries()) {
    for (const [date, piece] of piecesOf(era, jumps[i], jumps[i + 1])) {
      const pieces = days.get(date)
      if (pieces) pieces.push(piece)
      else days.set(date, [piece])
    }
  }
  return [...days].toSorted(([a], [b]) => a - b).map(([date, pieces]) => dayOf(date, pieces, jumps))
}

function jumpInto({ startMs, offsetMs }: Era, before: Era | undefined): Jump | undefined {
  if (before === undefined || before.offsetMs === offsetMs) return undefined
  const [oldMs, newMs] = [startMs + before.offsetMs, startMs + offsetMs]
  return { fromMs: Math.min(oldMs, newMs), toMs: Math.max(oldMs, newMs), isRepeated: newMs < oldMs }
}

function* piecesOf(
  { startMs, endMs, offsetMs }: Era,
  before: Jump | undefined,
  after: Jump | undefined,
): Generator<[date: number, piece: Piece]> {
  const cuts = [before, after].flatMap((jump) =>
    jump !== undefined && isSplit(jump) ? [jump.fromMs, jump.toMs] : [],
  )
  let at = startMs + offsetMs
  const lastMs = endMs + offsetMs
  while (at < lastMs) {
    const midnightMs = (Math.floor(at / DAY_MS) + 1) * DAY_MS
    const nextMs = Math.min(lastMs, midnightMs, ...cuts.filter((cut) => cut > at))
    const date = Math.floor(at / DAY_MS)
    const placeOf = (localMs: number) => (squeezed(localMs, at, before, after) - date * DAY_MS) / DAY_MS
    yield [date, { startMs: at - offsetMs, endMs: nextMs - offsetMs, from: placeOf(at), to: placeOf(nextMs) }]
    at = nextMs
  }
}

/** Whether the time that comes twice is within one row. */
function isSplit({ fromMs, toMs, isRepeated }: Jump): boolean {
  return isRepeated && Math.floor(fromMs / DAY_MS) === Math.floor((toMs - 1) / DAY_MS)
}

/** Where local time stands that belongs to the piece which begins at `pieceMs`. */
function squeezed(
  localMs: number,
  pieceMs: number,
  before: Jump | undefined,
  after: Jump | undefined,
): number {
  const isIn = (jump: Jump | undefined): jump is Jump =>
    jump !== undefined && isSplit(jump) && jump.fromMs <= pieceMs && pieceMs < jump.toMs
  if (isIn(after)) return after.fromMs + (localMs - after.fromMs) / 2
  if (isIn(before)) return (before.fromMs + before.toMs) / 2 + (localMs - before.fromMs) / 2
  return localMs
}

function dayOf(date: number, pieces: readonly Piece[], jumps: readonly (Jump | undefined)[]): LocalDay {
  const startMs = date * DAY_MS
  const ofDay = jumps.filter(
    (jump) => jump !== undefined && startMs <= jump.fromMs && jump.fromMs < startMs + DAY_MS,
  )
  const moreMs = ofDay.reduce(
    (sum, jump) => sum + (jump!.toMs - jump!.fromMs) * (jump!.isRepeated ? 1 : -1),
    0,
  )
  return {
    date: formatLocalDate(date),
    hours: 24 + moreMs / HOUR_MS,
    changes: ofDay.map((jump) => ({
      from: (jump!.fromMs - startMs) / DAY_MS,
      to: Math.min(1, (jump!.toMs - startMs) / DAY_MS),
      isRepeated: jump!.isRepeated,
    })),
    pieces,
  }
}

export interface Span {
  readonly from: number
  readonly to: number
}

/** Where an interval stands in a row; pieces that touch are one. */
export function spansIn({ pieces }: LocalDay, startMs: number, endMs: number): Span[] {
  const spans: { from: number; to: number }[] = []
  for (const piece of pieces) {
    const fromMs = Math.max(startMs, piece.startMs)
    const toMs = Math.min(endMs, piece.endMs)
    if (fromMs >= toMs) continue
    const [from, to] = [placeIn(piece, fromMs), placeIn(piece, toMs)]
    const last = spans.at(-1)
    if (last !== undefined && Math.abs(last.to - from) < 1e-9) last.to = to
    else spans.push({ from, to })
  }
  return spans
}

/** Where a moment stands: its row, and its place in it; undefined where it is not in the window. */
export function placeOf(days: readonly LocalDay[], ms: number): { row: number; at: number } | undefined {
  for (const [row, { pieces }] of days.entries()) {
    const piece = pieces.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)
    if (piece !== undefined) return { row, at: placeIn(piece, ms) }
  }
  return undefined
}

/** The moment that stands at a place of a row, or the nearest that does. */
export function momentAt({ pieces }: LocalDay, at: number): number {
  const distance = ({ from, to }: Piece) => Math.max(from - at, at - to, 0)
  const piece = pieces.reduce((best, other) => (distance(other) < distance(best) ? other : best))
  const share = Math.min(1, Math.max(0, (at - piece.from) / (piece.to - piece.from)))
  return Math.min(piece.endMs - 1, Math.round(piece.startMs + share * (piece.endMs - piece.startMs)))
}

function placeIn({ startMs, endMs, from, to }: Piece, ms: number): number {
  return from + ((ms - startMs) / (endMs - startMs)) * (to - from)
}
