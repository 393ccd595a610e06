import type { Interval, Intervals } from '../uptime/interval.ts'
import { isActive, offsetOf, POLL_WEEK_MS, type PollWeek } from '../uptime/poll-week.ts'

const HOUR_MS = 3_600_000

/** What the polls of a store in some time say of it. */
export interface PolledTime {
  polls: number
  /** Those of them in business hours. */
  inHours: number
  /** Those of them in business hours that found it active. */
  active: number
}

/** An hour in which few of the stores were polled that could have been. */
export interface HourOfPolls {
  readonly startMs: number
  /** Stores that were open all of it, and polled at some time. */
  readonly expected: number
  readonly polled: number
}

/** Looks at the polls of stores in some time, one after the other, and counts how many were polled in each hour of it. */
export interface PolledWeek {
  add(open: Intervals, weeks: readonly PollWeek[]): PolledTime
  /** The hours from the first in which any store was polled on. */
  hours(): HourOfPolls[]
}

export function createPolledWeek({ startMs, endMs }: Interval): PolledWeek {
  const firstHour = Math.ceil(startMs / HOUR_MS)
  const hourCount = Math.max(0, Math.floor(endMs / HOUR_MS) - firstHour)
  const expected = new Uint32Array(hourCount)
  const polled = new Uint32Array(hourCount)
  const isPolled = new Uint8Array(hourCount)
  let firstPollMs = Infinity

  function countPolls(open: Intervals, weeks: readonly PollWeek[]): PolledTime {
    const found = { polls: 0, inHours: 0, active: 0 }
    let next = 0
    for (const { week, words, from, to } of weeks) {
      for (let i = from; i < to; i++) {
        const atMs = week * POLL_WEEK_MS + offsetOf(words[i]!)
        if (atMs < startMs || atMs >= endMs) continue
        found.polls++
        firstPollMs = Math.min(firstPollMs, atMs)
        const hour = Math.floor(atMs / HOUR_MS) - firstHour
        if (hour >= 0 && hour < hourCount) isPolled[hour] = 1
        while (next < open.length && open[next + 1]! <= atMs) next += 2
        if (next >= open.length || open[next]! > atMs) continue
        found.inHours++
        if (isActive(words[i]!)) found.active++
      }
    }
    return found
  }

  function countHours(open: Intervals): void {
    for (let i = 0; i < open.length; i += 2) {
      const from = Math.max(0, Math.ceil(open[i]! / HOUR_MS) - firstHour)
      const to = Math.min(hourCount, Math.floor(open[i + 1]! / HOUR_MS) - firstHour)
      for (let hour = from; hour < to; hour++) {
        expected[hour]!++
        polled[hour]! += isPolled[hour]!
      }
    }
  }

  return {
    add(open, weeks) {
      isPolled.fill(0)
      const found = countPolls(open, weeks)
      if (found.polls > 0) countHours(open)
      return found
    },
    hours: () =>
      Array.from(expected, (count, hour) => ({
        startMs: (firstHour + hour) * HOUR_MS,
        expected: count,
        polled: polled[hour]!,
      })).filter(({ startMs: hourMs }) => hourMs + HOUR_MS > firstPollMs),
  }
}
