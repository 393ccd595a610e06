import type { Intervals } from './interval.ts'
import { POLL_WEEK_MS, type PollWeek, type PollWords } from './poll-week.ts'

/** Which poll speaks for a moment, and how far: rules 12 and 13 of docs/uptime.md. */
export interface Policy {
  readonly interpolation: 'nearest' | 'previous'
  readonly reachMs: number
}

/**
 * The time for which polls speak, as stretches of one status: `[startMs, endMs)` in epoch milliseconds, in order and
 * without overlap. The first `count` are in use. They run through closed time, which is for `tally` to leave out.
 */
export interface Stretches {
  startMs: Float64Array
  endMs: Float64Array
  /** 1 where the store was up. */
  active: Uint8Array
  count: number
}

export function createStretches(capacity: number): Stretches {
  return {
    startMs: new Float64Array(capacity),
    endMs: new Float64Array(capacity),
    active: new Uint8Array(capacity),
    count: 0,
  }
}

/**
 * Finds the stretches of a store from its polls, week by week in order: rules 11 to 13 of docs/uptime.md. A poll speaks
 * if it was taken within an open interval. Two polls of the same status that follow each other within twice the reach
 * leave no moment between them to anybody else, whatever the interpolation, so that most polls only prolong a stretch.
 *
 * `into` is written from its start and needs room for as many stretches as there are polls.
 */
export function findStretches(
  weeks: readonly PollWeek[],
  open: Intervals,
  { interpolation, reachMs }: Policy,
  into: Stretches,
): void {
  const { startMs, endMs, active } = into
  const nearest = interpolation === 'nearest'
  const twiceReachMs = 2 * reachMs
  let last = -1 // the stretch that is being prolonged
  let lastAt = -Infinity
  let firstOpen = 0 // that does not end before the week
  for (const { week, words, from, to } of weeks) {
    const weekStartMs = week * POLL_WEEK_MS
    while (firstOpen < open.length && open[firstOpen + 1]! <= weekStartMs) firstOpen += 2
    let i = from
    for (let o = firstOpen; o < open.length && i < to; o += 2) {
      const fromWord = (open[o]! - weekStartMs) * 2
      const toWord = (open[o + 1]! - weekStartMs) * 2
      while (i < to && words[i]! < fromWord) i++
      while (i < to && words[i]! < toWord) {
        const word = words[i]!
        const at = weekStartMs + (word >>> 1)
        const isActive = word & 1
        const gapMs = at - lastAt
        if (last < 0 || isActive !== active[last] || gapMs > twiceReachMs) {
          let start = at - reachMs
          if (last >= 0) {
            endMs[last] = lastAt + reachMs
            if (gapMs <= twiceReachMs) {
              start = nearest ? lastAt + Math.floor(gapMs / 2) : Math.min(at, lastAt + reachMs)
              endMs[last] = start
            }
          }
          last++
          startMs[last] = start
          active[last] = isActive
        }
        i = endOfStretch(words, i, to, toWord, 2 * twiceReachMs)
        lastAt = weekStartMs + (words[i - 1]! >>> 1)
      }
    }
  }
  if (last >= 0) endMs[last] = lastAt + reachMs
  into.count = last + 1
}

/** The status of a late instant, as if the store were open. */
export function statusIn(
  { startMs, endMs, active, count }: Stretches,
  atMs: number,
): 'up' | 'down' | 'unknown' {
  let last = count - 1
  while (last >= 0 && startMs[last]! > atMs) last--
  if (last < 0 || endMs[last]! <= atMs) return 'unknown'
  return active[last] === 1 ? 'up' : 'down'
}

/**
 * Where the polls end that prolong the stretch of the one at `first`: those up to `to` and below `toWord` that have its
 * status and are each at most `mostWordsApart` after the one before. Most polls are passed here.
 */
function endOfStretch(
  words: PollWords,
  first: number,
  to: number,
  toWord: number,
  mostWordsApart: number,
): number {
  let last = words[first]!
  const status = last & 1
  let i = first + 1
  for (; i < to; i++) {
    const word = words[i]!
    if (word >= toWord || (word & 1) !== status || word - last > mostWordsApart) break
    last = word
  }
  return i
}
