import type { Corrections } from './corrections.ts'
import { beforeInstant, subtracted, type Intervals } from './interval.ts'
import { POLL_WEEK_MS, type PollWeek } from './poll-week.ts'
import type { Viewpoint } from './store-uptime.ts'

/** All that a store is judged by. `open` and `weeks` reach as far around what is asked for as polls do. */
export interface JudgedInput {
  readonly open: Intervals
  /** In ascending order. */
  readonly weeks: readonly PollWeek[]
  readonly viewpoint: Viewpoint
  readonly corrections?: Corrections | undefined
}

/** Polls that speak, each with the time that it speaks for, which may be empty, and may be closed: in order. */
export interface SpeakingPolls {
  readonly count: number
  readonly atMs: Float64Array
  /** 1 where the store was up. */
  readonly active: Uint8Array
  readonly startMs: Float64Array
  readonly endMs: Float64Array
}

/** Rules 9, 11, 20 and 22 of docs/uptime.md: when a poll has to be taken to speak. */
export function speakingTime({ open, corrections, viewpoint }: JudgedInput): Intervals {
  const known = beforeInstant(open, viewpoint.asOfMs + 1)
  return corrections === undefined ? known : subtracted(known, corrections.silent)
}

/** Business time before `asOf`: rules 20 and 22 of docs/uptime.md. */
export function businessTime({ open, corrections, viewpoint }: JudgedInput): Intervals {
  const before = beforeInstant(open, viewpoint.asOfMs)
  return corrections === undefined ? before : subtracted(before, corrections.closed)
}

/** Rules 11 to 13 of docs/uptime.md, poll by poll. `findStretches` finds the same, where which poll it is does not matter. */
export function findSpeakingPolls(input: JudgedInput): SpeakingPolls {
  const most = input.weeks.reduce((sum, { from, to }) => sum + to - from, 0)
  const atMs = new Float64Array(most)
  const active = new Uint8Array(most)
  let count = 0
  forEachPollIn(input.weeks, speakingTime(input), (at, isActive) => {
    atMs[count] = at
    active[count++] = isActive
  })
  return { count, atMs, active, ...timeSpokenFor(atMs, count, input.viewpoint) }
}

function forEachPollIn(
  weeks: readonly PollWeek[],
  time: Intervals,
  visit: (atMs: number, active: number) => void,
): void {
  let t = 0
  for (const { week, words, from, to } of weeks) {
    for (let i = from; i < to; i++) {
      const at = week * POLL_WEEK_MS + (words[i]! >>> 1)
      while (t < time.length && time[t + 1]! <= at) t += 2
      if (t === time.length) return
      if (time[t]! <= at) visit(at, words[i]! & 1)
    }
  }
}

function timeSpokenFor(
  atMs: Float64Array,
  count: number,
  { interpolation, reachMs }: Viewpoint,
): Pick<SpeakingPolls, 'startMs' | 'endMs'> {
  const startMs = new Float64Array(count)
  const endMs = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    startMs[i] = atMs[i]! - reachMs
    endMs[i] = atMs[i]! + reachMs
    if (i === 0) continue
    const before = atMs[i - 1]!
    const change =
      interpolation === 'nearest'
        ? before + Math.floor((atMs[i]! - before) / 2)
        : Math.min(atMs[i]!, before + reachMs)
    endMs[i - 1] = Math.min(endMs[i - 1]!, change)
    startMs[i] = Math.max(startMs[i]!, change)
  }
  return { startMs, endMs }
}
