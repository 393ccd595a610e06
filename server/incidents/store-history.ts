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
  /** Business time, also some after data time. */
  readonly clock: BusinessClock
  /** Business time that is excused. */
  readonly excused: Intervals
  /** Business time that is not. */
  readonly judged: Intervals
}

export interface HistoryInput {
  /** As far after data time as rules look ahead. */
  readonly open: Intervals
  readonly weeks: readonly PollWeek[]
  readonly corrections?: Corrections | undefined
}

/** What all stores have in common. */
export interface HistoryTime extends Policy {
  readonly fromMs: number
  readonly dataTimeMs: number
}

const noTime: Intervals = new Float64Array(0)

/** Makes histories, one after the other: each is good until the next one is made. */
export function createHistories(time: HistoryTime): (input: HistoryInput) => StoreHistory {
  let atMs = new Float64Array(1024)
  let active = new Uint8Array(1024)

  /** Rules 9, 11, 20 and 22 of docs/uptime.md. */
  function speak(
    weeks: readonly PollWeek[],
    speaking: Intervals,
  ): Pick<StoreHistory, 'count' | 'inactive' | 'changes'> {
    let count = 0
    let actives = 0
    let changes = 0
    let last = -1
    let firstOpen = 0 // that does not end before the week
    for (const { week, words, from, to } of weeks) {
      const weekStartMs = week * POLL_WEEK_MS
      const firstWord = (time.fromMs - weekStartMs) * 2
      const endWord = (time.dataTimeMs - weekStartMs) * 2 + 2
      while (firstOpen < speaking.length && speaking[firstOpen + 1]! <= weekStartMs) firstOpen += 2
      let i = from
      for (let o = firstOpen; o < speaking.length && i < to; o += 2) {
        const fromWord = Math.max(firstWord, (speaking[o]! - weekStartMs) * 2)
        const toWord = Math.min(endWord, (speaking[o + 1]! - weekStartMs) * 2)
        while (i < to && words[i]! < fromWord) i++
        for (; i < to && words[i]! < toWord; i++) {
          const word = words[i]!
          const status = word & 1
          atMs[count] = weekStartMs + (word >>> 1)
          active[count++] = status
          actives += status
          if (status !== last && last >= 0) changes++
          last = status
        }
      }
    }
    return { count, inactive: count - actives, changes }
  }

  return ({ open, weeks, corrections }) => {
    const most = weeks.reduce((sum, { from, to }) => sum + to - from, 0)
    if (most > atMs.length) {
      atMs = new Float64Array(2 * most)
      active = new Uint8Array(2 * most)
    }
    const business = corrections === undefined ? open : subtracted(open, corrections.closed)
    const excused = corrections === undefined ? noTime : intersected(business, corrections.excused)
    const spoken = speak(weeks, corrections === undefined ? open : subtracted(open, corrections.silent))
    return {
      ...time,
      atMs,
      active,
      ...spoken,
      clock: businessClock(business),
      excused,
      judged: excused.length === 0 ? business : subtracted(business, excused),
    }
  }
}

/** The end of the last excused time that begins before `untilMs` and ends after `fromMs`, cut to them; undefined without. */
export function lastExcusedEnd(excused: Intervals, fromMs: number, untilMs: number): number | undefined {
  for (let i = excused.length - 2; i >= 0; i -= 2) {
    if (excused[i + 1]! <= fromMs) return undefined
    if (excused[i]! < untilMs) return Math.min(excused[i + 1]!, untilMs)
  }
  return undefined
}
