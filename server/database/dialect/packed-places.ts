import type { PackedWords } from './dialect.ts'

/** Where the words of each store are among those of all, from how many bytes each has. */
export function placesOf(lengths: readonly number[]): Pick<PackedWords, 'from' | 'to'> {
  const from = new Uint32Array(lengths.length)
  const to = new Uint32Array(lengths.length)
  let next = 0
  for (let i = 0; i < lengths.length; i++) {
    from[i] = next
    next = to[i] = next + lengths[i]! / Uint32Array.BYTES_PER_ELEMENT
  }
  return { from, to }
}
