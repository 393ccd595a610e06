/**
 * A pair is what is kept of a row: two 32-bit numbers, a group and a word. The group says whose the row is: for polls a
 * store and week, for rules a store. The word is what the row says of it: for polls the millisecond of the week and the
 * status in one number (`uptime/poll-week.ts`), for rules the number of a rest, which is all of a line behind its store id,
 * such as `0,09:00,17:00`. Groups and rests are counted from 0 as they come, so that millions of rows are two arrays of
 * numbers, in the order of the file.
 */
export interface Pairs {
  readonly groups: Uint32Array<ArrayBuffer>
  readonly words: Uint32Array<ArrayBuffer>
  /** How many are in use. */
  readonly count: number
}

/** Pairs in memory, in the order in which they were added. */
export interface PairList {
  add(group: number, word: number): void
  append(pairs: Pairs): void
  count(): number
  /** All pairs, some at a time. */
  blocks(): Iterable<Pairs>
  clear(): void
}

const BLOCK_PAIRS = 1 << 12

/** Kept in blocks, as one array that grows would be copied again and again. */
export function createPairList(): PairList {
  let closed: Pairs[] = []
  let closedCount = 0
  let groups = new Uint32Array(0)
  let words = new Uint32Array(0)
  let count = 0

  function close(pairs: Pairs): void {
    if (pairs.count === 0) return
    closed.push(pairs)
    closedCount += pairs.count
  }

  function startBlock(room: number): void {
    close({ groups, words, count })
    groups = new Uint32Array(room)
    words = new Uint32Array(room)
    count = 0
  }

  return {
    add(group, word) {
      if (count === groups.length) startBlock(BLOCK_PAIRS)
      groups[count] = group
      words[count] = word
      count++
    },
    append(pairs) {
      startBlock(0)
      close(pairs)
    },
    count: () => closedCount + count,
    blocks: () => [...closed, { groups, words, count }],
    clear() {
      closed = []
      closedCount = 0
      count = 0
    },
  }
}

/** Adds to each group's number in `sizes` how many words it has. */
export function addSizes(blocks: Iterable<Pairs>, sizes: Uint32Array): void {
  for (const { groups, count } of blocks) for (let i = 0; i < count; i++) sizes[groups[i]!]!++
}

/**
 * Puts words into `byGroup`, those of a group together and in the order in which they come: where those of each group
 * are to start is in `starts`, which becomes where they end.
 */
export function putByGroup(blocks: Iterable<Pairs>, starts: Uint32Array, byGroup: Uint32Array): void {
  for (const { groups, words, count } of blocks) {
    for (let i = 0; i < count; i++) byGroup[starts[groups[i]!]!++] = words[i]!
  }
}
