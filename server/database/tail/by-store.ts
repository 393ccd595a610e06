import { sortWeek } from '../../uptime/poll-week.ts'
import type { Words } from '../../uptime/words.ts'
import type { PackedWords } from '../dialect/dialect.ts'

/** Stores whose keys are as close have one table of keys; there are at most so many in it for each of them. */
const NEAR_KEYS = 16

/**
 * The polls of rows by store, in ascending order of its key, only of `storeKeys` where they are given, which are in ascending
 * order. Of two polls at the same millisecond, that of the later row is there.
 */
export function byStore(rows: readonly Words[], storeKeys: readonly number[] = keysIn(rows)): PackedWords {
  const found = pollsOf(rows, placesOf(storeKeys))
  const counts = new Uint32Array(storeKeys.length)
  for (const { pairs, start, end, placeOf } of found) countPolls(pairs, start, end, placeOf, counts)
  const next = new Uint32Array(counts.length)
  let total = 0
  for (let place = 0; place < next.length; place++) {
    next[place] = total
    total += counts[place]!
  }
  const words = new Uint32Array(total)
  for (const { pairs, start, end, placeOf } of found) putPolls(pairs, start, end, placeOf, next, words)
  return packed(storeKeys, counts, words)
}

/** Polls of a row, from one pair to before another, and which places their stores have. */
interface FoundPolls {
  readonly pairs: Words
  readonly start: number
  readonly end: number
  readonly placeOf: PlaceOf
}

/** Of each key from the first on its place, or -1. */
interface PlaceOf {
  readonly first: number
  readonly places: Int32Array
}

/** Of stores that are near each other: where most of a part's have keys in a row, some that came later have others. */
function placesOf(storeKeys: readonly number[]): PlaceOf[] {
  const groups: PlaceOf[] = []
  for (let from = 0, to = 1; to <= storeKeys.length; to++) {
    if (to < storeKeys.length && storeKeys[to]! - storeKeys[to - 1]! <= NEAR_KEYS) continue
    const first = storeKeys[from]!
    const places = new Int32Array(storeKeys[to - 1]! - first + 1).fill(-1)
    for (let place = from; place < to; place++) places[storeKeys[place]! - first] = place
    groups.push({ first, places })
    from = to
  }
  return groups
}

function pollsOf(rows: readonly Words[], groups: readonly PlaceOf[]): FoundPolls[] {
  const found: FoundPolls[] = []
  for (const pairs of rows) {
    let end = 0
    for (const placeOf of groups) {
      const start = firstPairOf(pairs, placeOf.first, end)
      end = firstPairOf(pairs, placeOf.first + placeOf.places.length, start)
      if (end > start) found.push({ pairs, start, end, placeOf })
    }
  }
  return found
}

/** The first pair, from one on, with that key or a later one: in steps that double, as it is mostly near. */
function firstPairOf(pairs: Words, key: number, from: number): number {
  const count = pairs.length / 2
  let low = from
  let step = 1
  while (low + step < count && pairs[2 * (low + step)]! < key) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, count)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (pairs[2 * middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

function countPolls(
  pairs: Words,
  start: number,
  end: number,
  { first, places }: PlaceOf,
  counts: Uint32Array,
): void {
  for (let at = start; at < end; at++) {
    const place = places[pairs[2 * at]! - first]!
    if (place >= 0) counts[place]!++
  }
}

/** Puts each poll to where its store's next is, and moves that on. */
function putPolls(
  pairs: Words,
  start: number,
  end: number,
  { first, places }: PlaceOf,
  next: Uint32Array,
  words: Words,
): void {
  for (let at = start; at < end; at++) {
    const place = places[pairs[2 * at]! - first]!
    if (place >= 0) words[next[place]!++] = pairs[2 * at + 1]!
  }
}

/** The stores that have polls, of which those that stand behind others of the same store count more. */
function packed(storeKeys: readonly number[], counts: Uint32Array, words: Words): PackedWords {
  const withPolls: number[] = []
  const from = new Uint32Array(counts.length)
  const to = new Uint32Array(counts.length)
  for (let place = 0, start = 0; place < counts.length; place++) {
    const end = start + counts[place]!
    if (end > start) {
      from[withPolls.length] = start
      to[withPolls.length] = sortWeek(words, start, end)
      withPolls.push(storeKeys[place]!)
    }
    start = end
  }
  return {
    storeKeys: withPolls,
    from: from.subarray(0, withPolls.length),
    to: to.subarray(0, withPolls.length),
    words,
  }
}

/** The keys that there are, in ascending order. */
function keysIn(rows: readonly Words[]): readonly number[] {
  const all = new Uint32Array(rows.reduce((sum, pairs) => sum + pairs.length / 2, 0))
  let next = 0
  for (const pairs of rows) for (let i = 0; i < pairs.length; i += 2) all[next++] = pairs[i]!
  return Array.from(all.sort().filter((key, i) => i === 0 || key !== all[i - 1]))
}
