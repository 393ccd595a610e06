import type { StoreId } from '../../../shared/ids.ts'

/** A store, and when in each interval it is asked. */
export interface Turn {
  readonly storeId: StoreId
  readonly offsetMs: number
}

/** The turns of stores, in order: each has the same for good, and they are spread over the interval. */
export function turnsOf(storeIds: readonly StoreId[], poller: string, everyMs: number): Turn[] {
  return storeIds
    .map((storeId) => ({ storeId, offsetMs: hashOf(`${poller}\0${storeId}`) % everyMs }))
    .sort((a, b) => a.offsetMs - b.offsetMs)
}

/** FNV-1a, and its bits mixed, as ids differ in the last characters alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Whose turn it is after one instant and until another, no interval later, in the order of their turns. */
export function dueTurns(
  turns: readonly Turn[],
  {
    afterMs,
    untilMs,
    everyMs,
  }: { readonly afterMs: number; readonly untilMs: number; readonly everyMs: number },
): readonly Turn[] {
  if (untilMs <= afterMs) return []
  if (untilMs - afterMs >= everyMs) return turns
  const from = firstAfter(turns, afterMs % everyMs)
  const to = firstAfter(turns, untilMs % everyMs)
  const isNewInterval = untilMs % everyMs <= afterMs % everyMs
  return isNewInterval ? [...turns.slice(from), ...turns.slice(0, to)] : turns.slice(from, to)
}

/** The place of the first whose offset is after another. */
function firstAfter(turns: readonly Turn[], offsetMs: number): number {
  let [low, high] = [0, turns.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (turns[middle]!.offsetMs > offsetMs) high = middle
    else low = middle + 1
  }
  return low
}
