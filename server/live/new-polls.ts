import type { TailPolls } from '../database/store-states.ts'
import { chunkOf } from '../database/tail/tail-row.ts'
import { isWithin, type Intervals } from '../uptime/interval.ts'
import { isActive, offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { Judged } from './judged-stores.ts'
import * as is from './store-table.ts'

/**
 * Takes polls that came to the tail, in the order in which they did. Mostly one is later than all of its store's, and says
 * enough; the keys of the stores that have to be judged anew are added to `toJudge`. Stores of some chunks are left out.
 */
export function takePolls(
  tail: readonly TailPolls[],
  isLeftOut: (chunk: number) => boolean,
  judged: Judged,
  toJudge: Set<number>,
): void {
  const { table } = judged
  for (const { week, pairs } of tail) {
    const weekMs = week * POLL_WEEK_MS
    for (let i = 0; i < pairs.length; i += 2) {
      const storeKey = pairs[i]!
      if (toJudge.has(storeKey) || isLeftOut(chunkOf(storeKey))) continue
      const word = pairs[i + 1]!
      const isKnown = storeKey < table.size && (table.flags[storeKey]! & is.EXISTS) !== 0
      if (!isKnown || !takePoll(storeKey, weekMs + offsetOf(word), isActive(word), judged)) {
        toJudge.add(storeKey)
      }
    }
  }
}

/** Whether what a store is then is known. */
function takePoll(storeKey: number, atMs: number, active: boolean, judged: Judged): boolean {
  const { table, hours } = judged
  const flags = table.flags[storeKey]!
  if ((flags & is.CORRECTED) !== 0) return false
  if ((flags & is.POLLED) !== 0) {
    const lastMs = table.lastMs[storeKey]!
    if (atMs === lastMs) return active === ((flags & is.LAST_ACTIVE) !== 0)
    if (atMs < lastMs) return false
  }
  const open = hours.openOf(table.schedule[storeKey]!)
  let next = (flags & ~is.LAST_ACTIVE) | is.POLLED | (active ? is.LAST_ACTIVE : 0)
  if (isWithin(open, atMs)) {
    const startMs = active ? 0 : startOfOutage(storeKey, atMs, open, judged)
    if (startMs === undefined) return false
    table.startMs[storeKey] = startMs
    table.speaksMs[storeKey] = atMs
    next = (next & ~is.SPEAKS_ACTIVE) | is.SPEAKS | (active ? is.SPEAKS_ACTIVE : 0)
  }
  table.lastMs[storeKey] = atMs
  table.flags[storeKey] = next
  return true
}

/** When the outage began that an inactive poll speaks for; undefined where more has to be known for that. */
function startOfOutage(
  storeKey: number,
  atMs: number,
  open: Intervals,
  { table, reachMs }: Judged,
): number | undefined {
  const flags = table.flags[storeKey]!
  if ((flags & is.SPEAKS) === 0) return firstOpen(open, atMs - reachMs)
  const beforeMs = table.speaksMs[storeKey]!
  const gapMs = atMs - beforeMs
  const isNear = gapMs <= 2 * reachMs
  const wasActive = (flags & is.SPEAKS_ACTIVE) !== 0
  if (wasActive) return firstOpen(open, isNear ? beforeMs + Math.floor(gapMs / 2) : atMs - reachMs)
  return isNear ? table.startMs[storeKey]! : undefined
}

/** The first instant from another on that is open. */
function firstOpen(open: Intervals, fromMs: number): number {
  let next = 0
  while (next < open.length && open[next]! <= fromMs) next++
  return next % 2 === 1 ? fromMs : (open[next] ?? fromMs)
}
