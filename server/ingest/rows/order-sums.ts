import { AppError } from '../../../shared/app-error.ts'

/** What orders come to by store and hour: without an object for each, of which there may be millions. */
export interface OrderSums {
  add(store: number, hour: number, hundredths: number): void
  /** Of a store and hour that has any. */
  at(store: number, hour: number): { readonly count: number; readonly hundredths: number }
  /** The hours of each store that has any: keys in ascending order, of the store's place and then the hour. */
  sortedKeys(placeOf: (store: number) => number): Float64Array
}

/** Hours are counted from the epoch, and fewer. */
const HOURS = 2 ** 21
const MOST_HOURS_OF_STORES = 2 ** 24
const NONE = -1

function keyOf(place: number, hour: number): number {
  return place * HOURS + hour
}

export function partsOf(key: number): { readonly place: number; readonly hour: number } {
  const hour = key % HOURS
  return { place: (key - hour) / HOURS, hour }
}

/** A table that is half empty at least: a key is at its place, or at one of the next. */
export function createOrderSums(most = MOST_HOURS_OF_STORES): OrderSums {
  let room = 1024
  let keys = new Float64Array(room).fill(NONE)
  let counts = new Uint32Array(room)
  let sums = new Float64Array(room)
  let size = 0

  function slotOf(store: number, hour: number): number {
    const key = keyOf(store, hour)
    let slot = (Math.imul(store, 0x9e37_79b1) ^ Math.imul(hour, 0x85eb_ca6b)) >>> 0
    for (slot %= room; keys[slot] !== key && keys[slot] !== NONE; slot = (slot + 1) % room);
    return slot
  }

  function grow(): void {
    const [oldKeys, oldCounts, oldSums] = [keys, counts, sums]
    room *= 2
    keys = new Float64Array(room).fill(NONE)
    counts = new Uint32Array(room)
    sums = new Float64Array(room)
    for (const [i, key] of oldKeys.entries()) {
      if (key === NONE) continue
      const { place, hour } = partsOf(key)
      const slot = slotOf(place, hour)
      keys[slot] = key
      counts[slot] = oldCounts[i]!
      sums[slot] = oldSums[i]!
    }
  }

  return {
    add(store, hour, hundredths) {
      const slot = slotOf(store, hour)
      if (keys[slot] === NONE) {
        if (size === most) throw tooMany(most)
        keys[slot] = keyOf(store, hour)
        size++
      }
      counts[slot]!++
      sums[slot]! += hundredths
      if (2 * size > room) grow()
    },
    at(store, hour) {
      const slot = slotOf(store, hour)
      return { count: counts[slot]!, hundredths: sums[slot]! }
    },
    sortedKeys(placeOf) {
      const sorted = new Float64Array(size)
      let next = 0
      for (const key of keys) {
        if (key === NONE) continue
        const { place: store, hour } = partsOf(key)
        sorted[next++] = keyOf(placeOf(store), hour)
      }
      return sorted.sort()
    },
  }
}

function tooMany(most: number): AppError {
  return new AppError(
    'too-large',
    `the file has orders of more than ${most} hours of stores: import it in several, each of some of the time`,
  )
}
