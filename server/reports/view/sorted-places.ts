import type { Words } from '../../uptime/words.ts'
import { giveBack } from './give-back.ts'
import type { Places } from './viewed-parts.ts'

/** The key of places without a value, which come last in whatever order. */
export const NO_VALUE = 2 ** 32 - 1

const DIGIT_BITS = 11
const DIGITS = 1 << DIGIT_BITS

/**
 * Places, which are in order, sorted by the key of each: a whole number from 0 to before `NO_VALUE`, or that. Those of the
 * same key stay in order. By digits, as there may be millions; in the two arrays, which are given up, and two more.
 */
export function sortedPlaces(places: Places, keys: Words, order: 'ascending' | 'descending'): Places {
  const count = places.length
  let most = 0
  for (const key of keys) if (key !== NO_VALUE && key > most) most = key
  for (let i = 0; i < count; i++) {
    if (keys[i] === NO_VALUE) keys[i] = most + 1
    else if (order === 'descending') keys[i] = most - keys[i]!
  }
  let sorted = places
  let otherKeys = new Uint32Array(count)
  let otherPlaces = new Uint32Array(count)
  for (let shift = 0; shift < 32 && (most + 1) >>> shift > 0; shift += DIGIT_BITS) {
    const next = startsOfDigits(keys, shift)
    for (let i = 0; i < count; i++) {
      const key = keys[i]!
      const to = next[(key >>> shift) & (DIGITS - 1)]!++
      otherKeys[to] = key
      otherPlaces[to] = sorted[i]!
    }
    ;[keys, otherKeys] = [otherKeys, keys]
    ;[sorted, otherPlaces] = [otherPlaces, sorted]
  }
  for (const unneeded of [keys, otherKeys, otherPlaces]) giveBack(unneeded)
  return sorted
}

/** Where the keys of each digit begin. */
function startsOfDigits(keys: Words, shift: number): Uint32Array {
  const starts = new Uint32Array(DIGITS + 1)
  for (const key of keys) starts[((key >>> shift) & (DIGITS - 1)) + 1]!++
  for (let digit = 1; digit <= DIGITS; digit++) starts[digit]! += starts[digit - 1]!
  return starts
}
