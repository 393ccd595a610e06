import type { Words } from '../uptime/words.ts'

/**
 * Sets of stores, by blocks of keys that follow each other. In memory a block is a bit for each key. It is stored so, or,
 * where that takes less, as ranges, a word each, of the first and last place: most stores that an import touches follow
 * each other.
 */
export type KeyBits = Words

const KEYS_PER_BLOCK = 4096
const WORDS_PER_BLOCK = KEYS_PER_BLOCK / 32

export type KeyBlocks = ReadonlyMap<number, KeyBits>

export function blockOf(storeKey: number): number {
  return Math.floor(storeKey / KEYS_PER_BLOCK)
}

export function blocksOf(storeKeys: Iterable<number>): KeyBlocks {
  const blocks = new Map<number, KeyBits>()
  let last = -1
  let bits: KeyBits = new Uint32Array(0)
  for (const key of storeKeys) {
    const block = blockOf(key)
    if (block !== last) {
      bits = blocks.get(block) ?? new Uint32Array(WORDS_PER_BLOCK)
      blocks.set(block, bits)
      last = block
    }
    setPlace(bits, key % KEYS_PER_BLOCK)
  }
  return blocks
}

function setPlace(bits: KeyBits, place: number): void {
  bits[place >>> 5]! |= 1 << (place & 31)
}

function hasPlace(bits: KeyBits, place: number): boolean {
  return (bits[place >>> 5]! & (1 << (place & 31))) !== 0
}

/** In ascending order. */
export function keysOf(block: number, bits: KeyBits): number[] {
  const keys: number[] = []
  for (let place = 0; place < KEYS_PER_BLOCK; place++) {
    if (hasPlace(bits, place)) keys.push(block * KEYS_PER_BLOCK + place)
  }
  return keys
}

export function eitherOf(one: KeyBits, other: KeyBits): KeyBits {
  return one.map((word, i) => word | other[i]!)
}

export function bothOf(one: KeyBits, other: KeyBits): KeyBits {
  return one.map((word, i) => word & other[i]!)
}

export function packedBits(bits: KeyBits): Words {
  const ranges = new Uint32Array(WORDS_PER_BLOCK)
  let count = 0
  for (let place = 0; place < KEYS_PER_BLOCK; place++) {
    if (!hasPlace(bits, place)) continue
    const first = place
    while (place + 1 < KEYS_PER_BLOCK && hasPlace(bits, place + 1)) place++
    if (count === WORDS_PER_BLOCK - 1) return bits
    ranges[count++] = (first << 16) | place
  }
  return ranges.slice(0, count)
}

export function unpackedBits(packed: Words): KeyBits {
  if (packed.length === WORDS_PER_BLOCK) return packed
  const bits = new Uint32Array(WORDS_PER_BLOCK)
  for (const range of packed) {
    for (let place = range >>> 16; place <= (range & 0xffff); place++) setPlace(bits, place)
  }
  return bits
}
