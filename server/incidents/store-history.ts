import { intersected, subtracted, type Intervals } from '../uptime/interval.ts'
import type { Corrections } from '../uptime/corrections.ts'
import { POLL_WEEK_MS, type PollWeek } from '../uptime/poll-week.ts'
import type { Policy } from '../uptime/stretches.ts'
import { businessClock, type BusinessClock } from './business-clock.ts'

/** What incidents of a store are found in. */
export interface StoreHistory extends Policy {
  /** From when on its polls are known; -Infinity where all are. */
  readonly fromMs: number
  /** Data time: polls up to then are known, itself included. */
  readonly dataTimeMs: number
  /** Speaking polls in order, of which the first `count` are in use. */
  readonly atMs: Float64Array
  /** 1 where it was up. */
  readonly active: Uint8Array
  readonly count: number
  /** How many of them are inactive, and how many have another status than the one before. */
  readonly inactive: number
  readonly changes: number
  /** The places of those after which the next one is later by more than what rules overlook, of which the first `gapCount` are in use. */
  readonly gaps: Int32Array
  readonly gapCount: number
  /** Business time, also some after data time. */
  readonly clock: BusinessClock
  /** Business time that is excused. */
  readonly excused: Intervals
  /** Business time that is not. */
  readonly judged: Intervals
}

export interface HistoryInput {
  /** Of when it is open, as far after data time as rules look ahead. */
  readonly clock: BusinessClock
  readonly weeks: readonly PollWeek[]
  readonly corrections?: Corrections | undefined
}

/** What all stores have in common. */
export interface HistoryTime extends Policy {
  readonly fromMs: number
  readonly dataTimeMs: number
  /** Polls that follow each other as closely are no gap to any rule; 0 where left out. */
  readonly leastGapMs?: number
}

const LAST_WORD = 2 ** 31 - 1
const noTime: Intervals = new Float64Array(0)

/** Makes histories, one after the other: each is good until the next one is made. */
export function createHistories(time: HistoryTime): (input: HistoryInput) => StoreHistory {
  const { fromMs, dataTimeMs, interpolation, reachMs, leastGapMs = 0 } = time
  let atMs = new Float64Array(1024)
  let active = new Uint8Array(1024)
  let gaps = new Int32Array(1024)

  /** Rules 9, 11, 20 and 22 of docs/uptime.md. */
  function speak(
    weeks: readonly PollWeek[],
    speaking: Intervals,
  ): Pick<StoreHistory, 'count' | 'inactive' | 'changes' | 'gapCount'> {
    // Where they are in no variable of others, they are found faster.
    const [instants, statuses, places] = [atMs, active, gaps]
    let count = 0
    let actives = 0
    let changes = 0
    let gapCount = 0
    let last = 0
    let lastMs = Infinity
    let firstOpen = 0 // that does not end before the week
    for (const { week, words, from, to } of weeks) {
      const weekStartMs = week * POLL_WEEK_MS
      const firstWord = firstWordAt(fromMs - weekStartMs)
      const endWord = firstWordAt(dataTimeMs - weekStartMs + 1)
      while (firstOpen < speaking.length && speaking[firstOpen + 1]! <= weekStartMs) firstOpen += 2
      let i = from
      for (let o = firstOpen; o < speaking.length && i < to; o += 2) {
        const fromWord = Math.max(firstWord, firstWordAt(speaking[o]! - weekStartMs))
        const toWord = Math.min(endWord, firstWordAt(speaking[o + 1]! - weekStartMs))
        while (i < to && (words[i]! | 0) < fromWord) i++
        for (; i < to; i++) {
          const word = words[i]! | 0
          if (word >= toWord) break
          const status = word & 1
          const at = weekStartMs + (word >> 1)
          if (at - lastMs > leastGapMs) places[gapCount++] = count - 1
          lastMs = at
          if (count > 0) changes += status ^ last
          last = status
          actives += status
          instants[count] = at
          statuses[count++] = status
        }
      }
    }
    return { count, inactive: count - actives, changes, gapCount }
  }

  return ({ clock, weeks, corrections }) => {
    const open = clock.business
    let most = 0
    for (const { from, to } of weeks) most += to - from
    if (most > atMs.length) {
      atMs = new Float64Array(2 * most)
      active = new Uint8Array(2 * most)
      gaps = new Int32Array(2 * most)
    }
    const business = corrections === undefined ? open : subtracted(open, corrections.closed)
    const excused = corrections === undefined ? noTime : intersected(business, corrections.excused)
    const { count, inactive, changes, gapCount } = speak(
      weeks,
      corrections === undefined ? open : subtracted(open, corrections.silent),
    )
    return {
      fromMs,
      dataTimeMs,
      interpolation,
      reachMs,
      atMs,
      active,
      count,
      inactive,
      changes,
      gaps,
      gapCount,
      clock: corrections === undefined ? clock : businessClock(business),
      excused,
      judged: excused.length === 0 ? business : subtracted(business, excused),
    }
  }
}

/** The first word of a week that a poll has which is not before an offset; as a number that fits into 31 bits, which are compared faster. */
function firstWordAt(offsetMs: number): number {
  return Math.min(LAST_WORD, Math.max(0, Math.ceil(offsetMs * 2)))
}

/** The end of the last excused time that begins before `untilMs` and ends after `fromMs`, cut to them; undefined without. */
export function lastExcusedEnd(excused: Intervals, fromMs: number, untilMs: number): number | undefined {
  for (let i = excused.length - 2; i >= 0; i -= 2) {
    if (excused[i + 1]! <= fromMs) return undefined
    if (excused[i]! < untilMs) return Math.min(excused[i + 1]!, untilMs)
  }
  return undefined
}
