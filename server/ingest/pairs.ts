/** Pairs of 32-bit numbers, in two arrays: the number of a group, and a word of it. */
export interface Pairs {
  readonly groups: Uint32Array<ArrayBuffer>
  readonly words: Uint32Array<ArrayBuffer>
  /** How many are in use. */
  readonly count: number
}

export interface GrowingPairs extends Pairs {
  add(group: number, word: number): void
  clear(): void
}

export function createPairs(): GrowingPairs {
  const pairs = {
    groups: new Uint32Array(1 << 14),
    words: new Uint32Array(1 << 14),
    count: 0,
    add(group: number, word: number): void {
      if (pairs.count === pairs.words.length) {
        pairs.groups = doubled(pairs.groups)
        pairs.words = doubled(pairs.words)
      }
      pairs.groups[pairs.count] = group
      pairs.words[pairs.count] = word
      pairs.count++
    },
    clear(): void {
      pairs.count = 0
    },
  }
  return pairs
}

/** Adds to each group's number in `sizes` how many words it has. */
export function addSizes({ groups, count }: Pairs, sizes: Uint32Array): void {
  for (let i = 0; i < count; i++) sizes[groups[i]!]!++
}

/**
 * The words, those of a group together and in the order in which they are in `pairs`: where those of each group are to
 * start is in `starts`, which becomes where they end.
 */
export function wordsByGroup({ groups, words, count }: Pairs, starts: Uint32Array): Uint32Array<ArrayBuffer> {
  const byGroup = new Uint32Array(count)
  for (let i = 0; i < count; i++) byGroup[starts[groups[i]!]!++] = words[i]!
  return byGroup
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
