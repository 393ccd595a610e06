/**
 * Numbers short runs of bytes in the order in which they are added, from 0. They lie within larger memory, of which at
 * least three bytes more than theirs can be read.
 */
export interface IdTable {
  /**
   * The number of the bytes that begin at `start`, if they are some that came after the latest before; otherwise -1. It
   * needs no end: only for bytes of which none are the start of others. As many as the longest have can be read.
   */
  guess(view: DataView, start: number): number
  /** The number of the bytes from `start` to `end`, or -1. */
  find(view: DataView, start: number, end: number): number
  /** Adds bytes that are not in the table, and returns their number. */
  add(view: DataView, start: number, end: number): number
  /** How many bytes were added. */
  lengthOf(number: number): number
  /** What was added, as text. */
  textOf(number: number): string
  size(): number
}

const NONE = -1

/** What is known of each number lies together. */
const ENTRY = 4
const START = 0
const LENGTH = 1
const HASH = 2
const NEXT = 3

/** How many ids a guess looks at. */
const GUESSES = 5

/**
 * A hash table with open addressing, at most half full. What was added lies one after the other in one array. Ids mostly
 * come in the same order again and again, with some left out. Those that came after the latest one before are a good guess
 * then: they are near, while a large table's places are all far from each other.
 */
export function createIdTable(): IdTable {
  let count = 0
  let words = new Int32Array(4096)
  let bytes = Buffer.from(words.buffer)
  let wordsEnd = 0
  let entries = new Int32Array(1024 * ENTRY)
  let slots = new Int32Array(2048).fill(NONE)
  let latest = 0

  function beginsAt(entry: number, view: DataView, start: number): boolean {
    const end = start + entries[entry + LENGTH]!
    let i = entries[entry + START]!
    let at = start
    for (; at + 4 <= end; at += 4) if (words[i++] !== view.getInt32(at, true)) return false
    return at === end || words[i] === wordAt(view, at, end)
  }

  function guess(view: DataView, start: number): number {
    let number = latest
    for (let guesses = 0; guesses < GUESSES && number < count; guesses++) {
      number = entries[number * ENTRY + NEXT]!
      if (!beginsAt(number * ENTRY, view, start)) continue
      latest = number
      return number
    }
    return NONE
  }

  function findByHash(view: DataView, start: number, end: number): number {
    const hash = hashOf(view, start, end)
    const mask = slots.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = slots[at]!
      if (number === NONE) return NONE
      const entry = number * ENTRY
      const isFound =
        entries[entry + HASH] === hash &&
        entries[entry + LENGTH] === end - start &&
        beginsAt(entry, view, start)
      if (isFound) return number
    }
  }

  function putIntoSlot(number: number): void {
    const mask = slots.length - 1
    let at = entries[number * ENTRY + HASH]! & mask
    while (slots[at] !== NONE) at = (at + 1) & mask
    slots[at] = number
  }

  function makeRoomFor(wordsNeeded: number): void {
    if ((count + 1) * ENTRY > entries.length) entries = withRoom(entries, 2 * entries.length)
    if (wordsEnd + wordsNeeded > words.length) {
      words = withRoom(words, 2 * (wordsEnd + wordsNeeded))
      bytes = Buffer.from(words.buffer)
    }
    if ((count + 1) * 2 <= slots.length) return
    slots = new Int32Array(slots.length * 2).fill(NONE)
    for (let number = 0; number < count; number++) putIntoSlot(number)
  }

  return {
    guess,
    find(view, start, end) {
      const number = findByHash(view, start, end)
      if (number === NONE) return NONE
      entries[latest * ENTRY + NEXT] = number
      latest = number
      return number
    },
    add(view, start, end) {
      makeRoomFor(Math.ceil((end - start) / 4))
      const number = count++
      const entry = number * ENTRY
      entries[entry + START] = wordsEnd
      entries[entry + LENGTH] = end - start
      entries[entry + HASH] = hashOf(view, start, end)
      for (let at = start; at < end; at += 4) words[wordsEnd++] = wordAt(view, at, end)
      putIntoSlot(number)
      entries[latest * ENTRY + NEXT] = number
      latest = number
      return number
    },
    lengthOf: (number) => entries[number * ENTRY + LENGTH]!,
    textOf(number) {
      const entry = number * ENTRY
      const start = entries[entry + START]! * 4
      return bytes.toString('latin1', start, start + entries[entry + LENGTH]!)
    },
    size: () => count,
  }
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

function withRoom(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(array)
  return larger
}
