/** Numbers by id, where ids are bytes within larger ones. */
export interface IdTable {
  /** The number of the id in `bytes` from `start` to `end`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number
  /** Adds an id that is not in the table. */
  insert(bytes: Uint8Array, start: number, end: number, ordinal: number): void
}

/** A hash table with open addressing, at most half full. The ids lie one after the other in one array. */
export function createIdTable(): IdTable {
  let ids = new Uint8Array(4096)
  let idsEnd = 0
  let count = 0
  let slots = emptySlots(1024)

  /** The slot of an id, or the free one where it belongs. */
  function slotOf(bytes: Uint8Array, start: number, end: number): number {
    const mask = slots.ordinal.length - 1
    let slot = hashOf(bytes, start, end) & mask
    while (slots.ordinal[slot]! >= 0) {
      const idStart = slots.idStart[slot]!
      if (slots.idEnd[slot]! - idStart === end - start && isSame(ids, idStart, bytes, start, end)) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  function occupy(slot: number, idStart: number, idEnd: number, ordinal: number): void {
    slots.ordinal[slot] = ordinal
    slots.idStart[slot] = idStart
    slots.idEnd[slot] = idEnd
  }

  function grow(): void {
    const { ordinal, idStart, idEnd } = slots
    slots = emptySlots(ordinal.length * 2)
    for (const [i, value] of ordinal.entries()) {
      if (value >= 0) occupy(slotOf(ids, idStart[i]!, idEnd[i]!), idStart[i]!, idEnd[i]!, value)
    }
  }

  return {
    find: (bytes, start, end) => slots.ordinal[slotOf(bytes, start, end)]!,
    insert(bytes, start, end, ordinal) {
      if (++count * 2 > slots.ordinal.length) grow()
      const idStart = idsEnd
      idsEnd += end - start
      if (idsEnd > ids.length) {
        const larger = new Uint8Array(idsEnd * 2)
        larger.set(ids)
        ids = larger
      }
      ids.set(bytes.subarray(start, end), idStart)
      occupy(slotOf(bytes, start, end), idStart, idsEnd, ordinal)
    },
  }
}

function emptySlots(length: number) {
  return {
    ordinal: new Int32Array(length).fill(-1),
    idStart: new Uint32Array(length),
    idEnd: new Uint32Array(length),
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash ^ (hash >>> 15)
}

function isSame(ids: Uint8Array, idStart: number, bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start, j = idStart; i < end; i++, j++) if (bytes[i] !== ids[j]) return false
  return true
}
