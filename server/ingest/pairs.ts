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
  let groups = new Uint32Array(1 << 14)
  let words = new Uint32Array(1 << 14)
  let count = 0
  return {
    get groups() {
      return groups
    },
    get words() {
      return words
    },
    get count() {
      return count
    },
    add(group, word) {
      if (count === words.length) {
        groups = doubled(groups)
        words = doubled(words)
      }
      groups[count] = group
      words[count] = word
      count++
    },
    clear() {
      count = 0
    },
  }
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

/** Pairs with other numbers for their groups. */
export function renumbered({ groups, words, count }: Pairs, numberOf: Uint32Array): Pairs {
  const numbers = new Uint32Array(count)
  for (let i = 0; i < count; i++) numbers[i] = numberOf[groups[i]!]!
  return { groups: numbers, words, count }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
