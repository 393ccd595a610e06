import { coveredMs, type Interval, type Intervals } from './interval.ts'
import { judgementOf, walkSegments, type Judgement } from './segments.ts'
import type { JudgedInput, SpeakingPolls } from './speaking-polls.ts'
import type { Viewpoint } from './store-uptime.ts'

/** Down business time of a store without any of another status in between: rules 26 to 28 of docs/uptime.md. */
export interface Outage {
  readonly startMs: number
  /** null while it is ongoing. */
  readonly endMs: number | null
  readonly downtimeMs: number
  /** What it lasted at least, and at most. */
  readonly shortestMs: number
  readonly longestMs: number
  /** The inactive polls that speak for it. */
  readonly firstPollMs: number
  readonly lastPollMs: number
}

export interface FoundOutages {
  /** Those with down time in the time asked for, in order. */
  readonly outages: Outage[]
  /** Whether the first or the last of them may not be whole, as it is cut off by the window. */
  readonly isCutOff: { readonly before: boolean; readonly after: boolean }
}

interface Run extends Interval {
  endMs: number
  downtimeMs: number
  readonly firstPollMs: number
  lastPollMs: number
  isAskedFor: boolean
}

/**
 * The outages of `window` that have down time in `askedFor` (rule 29 of docs/uptime.md). To tell the longest they may have
 * lasted, `input` reaches twice the reach of a poll beyond the window on both sides, but for what is after `asOf`.
 */
export function findOutages(input: JudgedInput, window: Interval, askedFor: Intervals): FoundOutages {
  const judgement = judgementOf(input)
  const { asOfMs } = input.viewpoint
  const endMs = Math.min(window.endMs, asOfMs)
  const outages: Outage[] = []
  const isCutOff = { before: false, after: false }
  if (endMs <= window.startMs) return { outages, isCutOff }

  let run: Run | undefined
  let isFirst = true
  walkSegments(judgement, { startMs: window.startMs, endMs }, (startMs, segmentEndMs, status, pollMs) => {
    if (status === 'closed') return
    if (status !== 'down') {
      if (run?.isAskedFor) outages.push(outageOf(run, run.endMs, judgement, input.viewpoint))
      run = undefined
      isFirst = false
      return
    }
    run ??= {
      startMs,
      endMs: segmentEndMs,
      downtimeMs: 0,
      firstPollMs: pollMs!,
      lastPollMs: pollMs!,
      isAskedFor: false,
    }
    run.endMs = segmentEndMs
    run.downtimeMs += segmentEndMs - startMs
    run.lastPollMs = pollMs!
    run.isAskedFor ||= coveredMs(askedFor, { startMs, endMs: segmentEndMs }) > 0
    if (isFirst && run.isAskedFor) isCutOff.before = true
  })
  if (run?.isAskedFor) {
    outages.push(outageOf(run, null, judgement, input.viewpoint))
    isCutOff.after = endMs < asOfMs
  }
  return { outages, isCutOff }
}

function outageOf(
  run: Run,
  endMs: number | null,
  { business, polls }: Judgement,
  viewpoint: Viewpoint,
): Outage {
  const { startMs, downtimeMs, firstPollMs, lastPollMs } = run
  return {
    startMs,
    endMs,
    downtimeMs,
    shortestMs: coveredMs(business, { startMs: firstPollMs, endMs: lastPollMs }),
    longestMs: coveredMs(business, longestRange(polls, run, viewpoint)),
    firstPollMs,
    lastPollMs,
  }
}

/** From the last active poll before those of the outage to the first one after them, as far as there is one in reach. */
export function longestRange(
  { atMs, active, count }: SpeakingPolls,
  { firstPollMs, lastPollMs }: Pick<Outage, 'firstPollMs' | 'lastPollMs'>,
  { reachMs, asOfMs }: Viewpoint,
): Interval {
  let before = placeOf(firstPollMs, atMs, count) - 1
  while (before >= 0 && active[before] === 0) before--
  let after = placeOf(lastPollMs, atMs, count) + 1
  while (after < count && active[after] === 0) after++
  return {
    startMs: Math.max(before < 0 ? -Infinity : atMs[before]!, firstPollMs - reachMs),
    endMs: Math.min(after < count ? atMs[after]! : Infinity, lastPollMs + reachMs, asOfMs),
  }
}

/** Where the poll of an instant is. */
function placeOf(pollMs: number, atMs: Float64Array, count: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (atMs[middle]! < pollMs) low = middle + 1
    else high = middle
  }
  return low
}
