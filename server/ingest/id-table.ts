/** Numbers by id, where ids are bytes within larger ones. */
export interface IdTable {
  /** The number of the id in `bytes` from `start` to `end`, or -1. `hash` is that of its bytes, by `hashWith`. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number
  /** Adds an id that is not in the table. */
  insert(bytes: Uint8Array, start: number, end: number, hash: number, ordinal: number): void
}

/** A slot is four numbers that lie together: its id's hash, where the id starts and how long it is, and the ordinal. */
const SLOT = 4
const HASH = 0
const START = 1
const LENGTH = 2
const ORDINAL = 3

/** A hash table with open addressing, at most half full. The ids lie one after the other in one array. */
export function createIdTable(): IdTable {
  let ids = new Uint8Array(4096)
  let idsEnd = 0
  let count = 0
  let slots = emptySlots(1024)

  /** Where the slot of an id is, or the free one where it belongs. */
  function slotOf(hash: number, bytes: Uint8Array, start: number, length: number): number {
    const mask = slots.length - 1
    let at = ((hash ^ (hash >>> 15)) * SLOT) & mask
    while (slots[at + ORDINAL]! >= 0) {
      const mayBeIt = slots[at + HASH] === hash && slots[at + LENGTH] === length
      if (mayBeIt && isSame(ids, slots[at + START]!, bytes, start, length)) return at
      at = (at + SLOT) & mask
    }
    return at
  }

  function grow(): void {
    const before = slots
    slots = emptySlots((before.length / SLOT) * 2)
    for (let from = 0; from < before.length; from += SLOT) {
      if (before[from + ORDINAL]! < 0) continue
      const to = slotOf(before[from + HASH]!, ids, before[from + START]!, before[from + LENGTH]!)
      slots.set(before.subarray(from, from + SLOT), to)
    }
  }

  return {
    find(bytes, start, end, hash) {
      return slots[slotOf(hash, bytes, start, end - start) + ORDINAL]!
    },
    insert(bytes, start, end, hash, ordinal) {
      if (++count * 2 * SLOT > slots.length) grow()
      const idStart = idsEnd
      idsEnd += end - start
      if (idsEnd > ids.length) {
        const larger = new Uint8Array(idsEnd * 2)
        larger.set(ids)
        ids = larger
      }
      ids.set(bytes.subarray(start, end), idStart)
      slots.set([hash, idStart, end - start, ordinal], slotOf(hash, bytes, start, end - start))
    },
  }
}

function emptySlots(count: number): Int32Array {
  return new Int32Array(count * SLOT).fill(-1)
}

export const EMPTY_HASH = 0x811c9dc5 | 0

/** The hash of some bytes and one more (FNV-1a), from `EMPTY_HASH` on. */
export function hashWith(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193)
}

function isSame(ids: Uint8Array, idStart: number, bytes: Uint8Array, start: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[start + i] !== ids[idStart + i]) return false
  return true
}
