export const NONE: u32 = u32.MAX_VALUE

/** What is known of each number lies together, four bytes each. */
const ENTRY: u32 = 16
const START: usize = 0
const LENGTH: usize = 4
const HASH: usize = 8
const NEXT: usize = 12

/** How many runs a guess looks at. */
const GUESSES = 5

/** Runs are read eight bytes at a time, over their end. */
const SLACK: usize = 8

/**
 * Numbers short runs of bytes in the order in which they are added, from 0. No run is the start of another, as each ends
 * with a byte that it has nowhere else. A hash table with open addressing, at most half full.
 */
export class IdTable {
  count: u32 = 0
  private room: u32 = 1024
  private entries: usize = heap.alloc(1024 * ENTRY)
  private slotMask: u32 = 2047
  private slots: usize = emptySlots(2048)
  private bytes: usize = heap.alloc(16 * 1024 + SLACK)
  private bytesRoom: usize = 16 * 1024
  private bytesEnd: usize = 0
  private latest: u32 = 0

  /**
   * The number of the run at `at`, if it is one of those that came after the latest before; otherwise NONE. Runs mostly
   * come in the same order again and again, with some left out; and those that follow each other are near in memory, while
   * the places of a large hash table are all far from each other.
   */
  guess(at: usize): u32 {
    if (this.count === 0) return NONE
    let number = this.latest
    for (let guesses = 0; guesses < GUESSES; guesses++) {
      number = load<u32>(this.entry(number), NEXT)
      if (!this.beginsAt(this.entry(number), at)) continue
      this.latest = number
      return number
    }
    return NONE
  }

  /** The number of the run from `start` to `end`, or NONE. */
  find(start: usize, end: usize): u32 {
    const hash = hashOf(start, end)
    for (let slot = hash & this.slotMask; ; slot = (slot + 1) & this.slotMask) {
      const number = load<u32>(this.slots + 4 * slot)
      if (number === NONE) return NONE
      const entry = this.entry(number)
      if (load<u32>(entry, HASH) !== hash || !this.beginsAt(entry, start)) continue
      this.remember(number)
      return number
    }
  }

  /** Adds a run that is not in the table, and returns its number. */
  add(start: usize, end: usize): u32 {
    const length = end - start
    this.makeRoomFor(length)
    const number = this.count++
    const entry = this.entry(number)
    store<u32>(entry, <u32>this.bytesEnd, START)
    store<u32>(entry, <u32>length, LENGTH)
    store<u32>(entry, hashOf(start, end), HASH)
    store<u32>(entry, 0, NEXT)
    memory.copy(this.bytes + this.bytesEnd, start, length)
    this.bytesEnd += length
    this.putIntoSlot(number)
    this.remember(number)
    return number
  }

  clear(): void {
    this.count = 0
    this.bytesEnd = 0
    this.latest = 0
    memory.fill(this.slots, 0xff, 4 * (this.slotMask + 1))
  }

  startOf(number: u32): usize {
    return this.bytes + load<u32>(this.entry(number), START)
  }

  lengthOf(number: u32): u32 {
    return load<u32>(this.entry(number), LENGTH)
  }

  private entry(number: u32): usize {
    return this.entries + ENTRY * number
  }

  private beginsAt(entry: usize, at: usize): bool {
    const end = at + load<u32>(entry, LENGTH)
    let own = this.bytes + load<u32>(entry, START)
    for (; at + 8 <= end; at += 8, own += 8) if (load<u64>(at) !== load<u64>(own)) return false
    return at === end || (load<u64>(at) ^ load<u64>(own)) << bitsOver(at, end) === 0
  }

  /** So that a guess finds it the next time. */
  private remember(number: u32): void {
    store<u32>(this.entry(this.latest), number, NEXT)
    this.latest = number
  }

  private makeRoomFor(length: usize): void {
    if (this.count === this.room) {
      this.room *= 2
      this.entries = heap.realloc(this.entries, this.room * ENTRY)
    }
    if (this.bytesEnd + length > this.bytesRoom) {
      this.bytesRoom = 2 * (this.bytesEnd + length)
      this.bytes = heap.realloc(this.bytes, this.bytesRoom + SLACK)
    }
    if ((this.count + 1) * 2 <= this.slotMask + 1) return
    const slotCount = 2 * (this.slotMask + 1)
    heap.free(this.slots)
    this.slots = emptySlots(slotCount)
    this.slotMask = slotCount - 1
    for (let number: u32 = 0; number < this.count; number++) this.putIntoSlot(number)
  }

  private putIntoSlot(number: u32): void {
    let slot = load<u32>(this.entry(number), HASH) & this.slotMask
    while (load<u32>(this.slots + 4 * slot) !== NONE) slot = (slot + 1) & this.slotMask
    store<u32>(this.slots + 4 * slot, number)
  }
}

export function emptySlots(count: u32): usize {
  const slots = heap.alloc(4 * count)
  memory.fill(slots, 0xff, 4 * count)
  return slots
}

function hashOf(start: usize, end: usize): u32 {
  let hash: u64 = 0
  let at = start
  for (; at + 8 <= end; at += 8) hash = mixed(hash, load<u64>(at))
  if (at < end) hash = mixed(hash, load<u64>(at) << bitsOver(at, end))
  // Once more, as a product's low bits know nothing of a factor's high ones.
  return <u32>(mixed(hash, 0) >> 32)
}

function mixed(hash: u64, bytes: u64): u64 {
  const product = (hash ^ bytes) * 0x9e3779b97f4a7c15
  return product ^ (product >> 32)
}

/** How many of the 64 bits from `at` on are those of bytes from `end` on. */
function bitsOver(at: usize, end: usize): u64 {
  return 64 - 8 * (end - at)
}
