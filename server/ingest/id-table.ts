/**
 * Numbers short runs of bytes in the order in which they are added, from 0. They lie within larger memory, of which at
 * least three bytes more than theirs can be read.
 */
export interface IdTable {
  /** The number of the bytes from `start` to `end`, or -1. */
  find(view: DataView, start: number, end: number): number
  /** Adds bytes that are not in the table, and returns their number. */
  add(view: DataView, start: number, end: number): number
  /** What was added, as text. */
  textOf(number: number): string
  size(): number
}

/** A slot is four numbers that lie together: the hash of some bytes, where they start, how many they are, their number. */
const SLOT = 4
const HASH = 0
const START = 1
const LENGTH = 2
const NUMBER = 3

/** A hash table with open addressing, at most half full. What was added lies one after the other in one array. */
export function createIdTable(): IdTable {
  let words = new Int32Array(4096)
  const starts: number[] = [0]
  const lengths: number[] = []
  let slots = emptySlots(1024)

  /** Where the slot of some bytes is, or the free one where it belongs. */
  function slotOf(hash: number, view: DataView, start: number, end: number): number {
    const mask = slots.length - 1
    let at = (hash * SLOT) & mask
    while (slots[at + NUMBER]! >= 0) {
      const mayBeIt = slots[at + HASH] === hash && slots[at + LENGTH] === end - start
      if (mayBeIt && isSame(words, slots[at + START]!, view, start, end)) return at
      at = (at + SLOT) & mask
    }
    return at
  }

  function grow(): void {
    const before = slots
    slots = emptySlots((before.length / SLOT) * 2)
    const mask = slots.length - 1
    for (let from = 0; from < before.length; from += SLOT) {
      if (before[from + NUMBER]! < 0) continue
      let to = (before[from + HASH]! * SLOT) & mask
      while (slots[to + NUMBER]! >= 0) to = (to + SLOT) & mask
      for (let i = 0; i < SLOT; i++) slots[to + i] = before[from + i]!
    }
  }

  return {
    find(view, start, end) {
      return slots[slotOf(hashOf(view, start, end), view, start, end) + NUMBER]!
    },
    add(view, start, end) {
      const number = lengths.length
      const wordsStart = starts[number]!
      const wordsEnd = wordsStart + Math.ceil((end - start) / 4)
      if (wordsEnd > words.length) {
        const larger = new Int32Array(wordsEnd * 2)
        larger.set(words)
        words = larger
      }
      for (let i = wordsStart, at = start; i < wordsEnd; i++, at += 4) words[i] = wordAt(view, at, end)
      starts.push(wordsEnd)
      lengths.push(end - start)
      if (lengths.length * 2 * SLOT > slots.length) grow()
      const hash = hashOf(view, start, end)
      const slot = slotOf(hash, view, start, end)
      slots[slot + HASH] = hash
      slots[slot + START] = wordsStart
      slots[slot + LENGTH] = end - start
      slots[slot + NUMBER] = number
      return number
    },
    textOf(number) {
      return Buffer.from(words.buffer, starts[number]! * 4, lengths[number]).toString('latin1')
    },
    size: () => lengths.length,
  }
}

function emptySlots(count: number): Int32Array {
  return new Int32Array(count * SLOT).fill(-1)
}

/** The four bytes at `at` as one number; those from `end` on are zeros. */
function wordAt(view: DataView, at: number, end: number): number {
  const word = view.getInt32(at, true)
  return at + 4 <= end ? word : word & ((1 << (8 * (end - at))) - 1)
}

function hashOf(view: DataView, start: number, end: number): number {
  let hash = 0
  for (let at = start; at < end; at += 4) hash = Math.imul(hash ^ wordAt(view, at, end), 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

function isSame(words: Int32Array, from: number, view: DataView, start: number, end: number): boolean {
  for (let i = from, at = start; at < end; i++, at += 4) if (words[i] !== wordAt(view, at, end)) return false
  return true
}
