import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  blocksOf,
  bothOf,
  eitherOf,
  keysOf,
  packedBits,
  unpackedBits,
  type KeyBlocks,
} from '../../server/database/store-sets.ts'

function packed(keys: Iterable<number>) {
  return Array.from(blocksOf(keys), ([block, bits]) => [block, packedBits(bits)] as const)
}

function unpacked(blocks: Iterable<readonly [number, Uint32Array<ArrayBuffer>]>): number[] {
  return Array.from(blocks)
    .toSorted(([a], [b]) => a - b)
    .flatMap(([block, bits]) => keysOf(block, unpackedBits(bits)))
}

function bytes(keys: Iterable<number>): number {
  return packed(keys).reduce((sum, [, words]) => sum + words.byteLength, 0)
}

const ascending = (keys: Iterable<number>) => [...new Set(keys)].toSorted((a, b) => a - b)
/** Some that follow each other, and some that lie anywhere. */
const someKeys = fc
  .array(fc.tuple(fc.nat(20_000), fc.nat(5000), fc.constantFrom(1, 2, 7)))
  .map((runs) =>
    runs.flatMap(([first, length, apart]) =>
      Array.from({ length: Math.ceil(length / apart) }, (_, i) => first + i * apart),
    ),
  )

test('keys in any order, some of them twice, come out in ascending order', () => {
  fc.assert(
    fc.property(someKeys, (keys) => {
      expect(unpacked(packed(keys))).toEqual(ascending(keys))
    }),
  )
})

test('two sets are joined, and what both have is found', () => {
  const combine = (one: KeyBlocks, other: KeyBlocks, how: typeof bothOf) =>
    Array.from(one, ([block, bits]) => [block, how(bits, other.get(block) ?? new Uint32Array(128))] as const)
  fc.assert(
    fc.property(someKeys, someKeys, (one, other) => {
      const [ofOne, ofOther] = [blocksOf(one), blocksOf(other)]
      const inOther = new Set(other)
      expect(unpacked(combine(ofOne, ofOther, bothOf))).toEqual(
        ascending(one.filter((key) => inOther.has(key))),
      )
      const inBlocks = other.filter((key) => ofOne.has(Math.floor(key / 4096)))
      expect(unpacked(combine(ofOne, ofOther, eitherOf))).toEqual(ascending([...one, ...inBlocks]))
    }),
  )
})

test('stores that follow each other take next to nothing, and any others little', () => {
  const million = Array.from({ length: 1_000_000 }, (_, i) => i + 1)
  expect(bytes(million)).toBe(245 * 4)
  expect(bytes(million.filter((key) => key % 2 === 0))).toBe(245 * 512)
  expect(bytes([7, 500_000])).toBe(8)
})
