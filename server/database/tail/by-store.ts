import { sortWeek } from '../../uptime/poll-week.ts'
import type { Words } from '../../uptime/words.ts'
import type { PackedWords } from '../dialect/dialect.ts'

/**
 * The polls of rows by store, in ascending order of its key, only of `storeKeys` where they are given, which are in ascending
 * order. Of two polls at the same millisecond, that of the later row is there.
 */
export function byStore(rows: readonly Words[], storeKeys: readonly number[] = keysIn(rows)): PackedWords {
  const found = rows.map((pairs) => findPolls(pairs, storeKeys))
  const counts = new Uint32Array(storeKeys.length)
  for (const { places, count } of found) for (let i = 0; i < count; i++) counts[places[i]!]!++
  return packed(storeKeys, counts, (next, words) => {
    for (const { places, words: ofRow, count } of found) {
      for (let i = 0; i < count; i++) words[next[places[i]!]!++] = ofRow[i]!
    }
  })
}

/** The polls of some stores, whose keys are in ascending order, of which those that are given later count more. */
export function gathered(given: readonly PackedWords[], storeKeys: readonly number[]): PackedWords {
  const counts = new Uint32Array(storeKeys.length)
  for (const polls of given) {
    eachCommon(polls.storeKeys, storeKeys, (i, place) => (counts[place]! += polls.to[i]! - polls.from[i]!))
  }
  return packed(storeKeys, counts, (next, words) => {
    for (const polls of given) {
      eachCommon(polls.storeKeys, storeKeys, (i, place) => {
        let to = next[place]!
        for (let at = polls.from[i]!; at < polls.to[i]!; at++) words[to++] = polls.words[at]!
        next[place] = to
      })
    }
  })
}

/**
 * So many polls of each store, of which those that are put later count more. `put` puts each to where its store's `next` is, and
 * moves that on.
 */
function packed(
  storeKeys: readonly number[],
  counts: Uint32Array,
  put: (next: Uint32Array, words: Uint32Array) => void,
): PackedWords {
  const to = new Uint32Array(counts.length)
  let total = 0
  for (let place = 0; place < to.length; place++) {
    to[place] = total
    total += counts[place]!
  }
  const from = to.slice()
  const words = new Uint32Array(total)
  put(to, words)
  const withPolls = Array.from(storeKeys.keys()).filter((place) => to[place]! > from[place]!)
  return {
    storeKeys: withPolls.map((place) => storeKeys[place]!),
    from: Uint32Array.from(withPolls, (place) => from[place]!),
    to: Uint32Array.from(withPolls, (place) => sortWeek(words, from[place]!, to[place]!)),
    words,
  }
}

/** Calls `take` with the places of each key that is in both, which ascend. */
function eachCommon(
  some: readonly number[],
  others: readonly number[],
  take: (ofSome: number, ofOthers: number) => void,
): void {
  if (some.length === 0 || others.length === 0) return
  const first = placeFrom(0, some.length, (place) => some[place]!, others[0]!)
  for (let i = first, j = 0; i < some.length && j < others.length;) {
    if (some[i] === others[j]) take(i++, j++)
    else if (some[i]! < others[j]!) i++
    else j++
  }
}

/** The keys that there are, in ascending order. */
function keysIn(rows: readonly Words[]): readonly number[] {
  const all = new Uint32Array(rows.reduce((sum, pairs) => sum + pairs.length / 2, 0))
  let next = 0
  for (const pairs of rows) for (let i = 0; i < pairs.length; i += 2) all[next++] = pairs[i]!
  return Array.from(all.sort().filter((key, i) => i === 0 || key !== all[i - 1]))
}

/** The polls of a row of some stores: of each the place of its store among them, and its word. */
interface FoundPolls {
  readonly places: Uint32Array
  readonly words: Uint32Array
  readonly count: number
}

/**
 * Finds the polls of the stores. Passes by what is only in one of the two, as a part has few of a million stores, and a row few
 * polls of a part.
 */
function findPolls(pairs: Words, storeKeys: readonly number[]): FoundPolls {
  const pairCount = pairs.length / 2
  const keyOfPair = (at: number) => pairs[2 * at]!
  const keyAt = (place: number) => storeKeys[place]!
  let at = storeKeys.length === 0 ? pairCount : placeFrom(0, pairCount, keyOfPair, storeKeys[0]!)
  const places = new Uint32Array(pairCount - at)
  const words = new Uint32Array(pairCount - at)
  let count = 0
  for (let place = 0; at < pairCount && place < storeKeys.length;) {
    const storeKey = pairs[2 * at]!
    const sought = storeKeys[place]!
    if (storeKey === sought) {
      places[count] = place
      words[count++] = pairs[2 * at++ + 1]!
    } else if (storeKey < sought) at = placeFrom(at, pairCount, keyOfPair, sought)
    else place = placeFrom(place, storeKeys.length, keyAt, storeKey)
  }
  return { places, words, count }
}

/** The first place at or behind `from` with that key or a later one: in steps that double, as it is mostly near. */
function placeFrom(from: number, count: number, keyOf: (place: number) => number, key: number): number {
  let low = from
  let step = 1
  while (low + step < count && keyOf(low + step) < key) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, count)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keyOf(middle) < key) low = middle + 1
    else high = middle
  }
  return low
}
