import type { Words } from './words.ts'

/**
 * Polls, packed: one word of 32 bits a poll, `offset * 2 + active`, where `offset` is the milliseconds since the start
 * of the poll's UTC week (a week has fewer than 2^30 of them). The words of a store's week are sorted by offset, and no
 * two have the same one. Weeks are counted from the epoch and start on a Thursday.
 */
export type PollWords = Words

/** A store's packed polls of a UTC week: the words from `from` to before `to`, among those of other stores. */
export interface PollWeek {
  readonly week: number
  readonly words: PollWords
  readonly from: number
  readonly to: number
}

export const POLL_WEEK_MS = 604_800_000

export function pollWeekOf(epochMs: number): number {
  return Math.floor(epochMs / POLL_WEEK_MS)
}

export function pollWord(epochMs: number, active: boolean): number {
  return (epochMs - pollWeekOf(epochMs) * POLL_WEEK_MS) * 2 + (active ? 1 : 0)
}

export function offsetOf(word: number): number {
  return word >>> 1
}

export function isActive(word: number): boolean {
  return (word & 1) === 1
}

/** The place of the first of a store's sorted words at or after an offset; how many there are where none is. */
export function placeOfOffset(words: PollWords, offsetMs: number): number {
  let from = 0
  let to = words.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (offsetOf(words[middle]!) < offsetMs) from = middle + 1
    else to = middle
  }
  return from
}

/** When the last poll was taken up to an instant, of weeks in ascending order; undefined where there is none. */
export function lastPollMs(weeks: readonly PollWeek[], untilMs: number): number | undefined {
  for (const { week, words, from, to } of weeks.toReversed()) {
    const mostOffset = untilMs - week * POLL_WEEK_MS
    let next = from
    for (let high = to; next < high;) {
      const middle = (next + high) >>> 1
      if (offsetOf(words[middle]!) <= mostOffset) next = middle + 1
      else high = middle
    }
    if (next > from) return week * POLL_WEEK_MS + offsetOf(words[next - 1]!)
  }
  return undefined
}

/** How often a word may be moved, on average, before a week's words are no longer taken for nearly sorted. */
const MOVES_PER_WORD = 8

/**
 * Sorts a store's words of a week, which are in the order in which they were ingested, where they are: from `from` to
 * before `to`. Returns where they end then, as of several polls at a millisecond only the last one stays. They mostly are
 * sorted but for a few late ones, so each run of sorted ones is merged into those before it.
 */
export function sortWeek(words: PollWords, from: number, to: number): number {
  let end = endOfRun(words, from, to)
  if (end === to) return to
  let moves = 0
  while (end < to) {
    const runEnd = endOfRun(words, end, to)
    moves += mergeIntoSorted(words, from, end, runEnd)
    end = runEnd
    if (moves > MOVES_PER_WORD * (to - from)) return mergeRuns(words, from, to)
  }
  return dropRepeated(words, from, to)
}

/** Room for a run while it is merged; longer ones get their own. */
const scratch = new Uint32Array(1024)

/** Merges the words from `middle` to `end` into the sorted ones before them, and returns how many of those it moved. */
function mergeIntoSorted(words: PollWords, from: number, middle: number, end: number): number {
  const run = end - middle <= scratch.length ? scratch : new Uint32Array(end - middle)
  for (let i = middle; i < end; i++) run[i - middle] = words[i]!
  let last = middle - 1
  let to = end - 1
  for (let next = end - middle - 1; next >= 0; next--) {
    const word = run[next]!
    while (last >= from && offsetOf(words[last]!) > offsetOf(word)) words[to--] = words[last--]!
    words[to--] = word
  }
  return middle - 1 - last
}

/** Keeps the last of the sorted words at each millisecond, and returns where they end. */
function dropRepeated(words: PollWords, from: number, to: number): number {
  let last = endOfRun(words, from, to) - 1
  for (let i = last + 1; i < to; i++) {
    if (offsetOf(words[i]!) !== offsetOf(words[last]!)) last++
    words[last] = words[i]!
  }
  return last + 1
}

/** For words that are far from sorted: merges pairs of runs, so that no word is moved often. */
function mergeRuns(words: PollWords, from: number, to: number): number {
  const runs: PollWords[] = []
  for (let start = from, end = from; start < to; start = end) {
    end = endOfRun(words, start, to)
    runs.push(words.subarray(start, end))
  }
  const merged = mergedRuns(runs, 0, runs.length)
  words.set(merged, from)
  return from + merged.length
}

/** Where the sorted words, no two of a millisecond, end that start at `start`. */
function endOfRun(words: PollWords, start: number, to: number): number {
  let end = Math.min(start + 1, to)
  while (end < to && offsetOf(words[end - 1]!) < offsetOf(words[end]!)) end++
  return end
}

/** Some of the runs as one, later ones being newer. */
function mergedRuns(runs: readonly PollWords[], from: number, to: number): PollWords {
  if (to - from <= 1) return runs[from] ?? new Uint32Array(0)
  const middle = (from + to) >>> 1
  return mergedWeek(mergedRuns(runs, from, middle), mergedRuns(runs, middle, to)).words
}

/** Two sorted weeks of a store as one. */
export interface MergedWeek {
  readonly words: PollWords
  /** How many words of the newer one changed something, and the first and the last of them. */
  readonly changed: number
  readonly first: number | undefined
  readonly last: number | undefined
}

/** Two sorted weeks of a store as one: `newer` wins. */
export function mergedWeek(older: PollWords, newer: PollWords): MergedWeek {
  const words = new Uint32Array(older.length + newer.length)
  let length = 0
  let changed = 0
  let first: number | undefined
  let last: number | undefined
  let o = 0
  let n = 0
  while (o < older.length && n < newer.length) {
    const oldWord = older[o]!
    const newWord = newer[n]!
    const isOlder = offsetOf(oldWord) < offsetOf(newWord)
    words[length++] = isOlder ? oldWord : newWord
    if (isOlder) {
      o++
      continue
    }
    if (oldWord !== newWord) {
      changed++
      first ??= newWord
      last = newWord
    }
    if (offsetOf(oldWord) === offsetOf(newWord)) o++
    n++
  }
  if (n < newer.length) {
    changed += newer.length - n
    first ??= newer[n]!
    last = newer.at(-1)
  }
  const rest = o < older.length ? older.subarray(o) : newer.subarray(n)
  words.set(rest, length)
  length += rest.length
  return { words: length === words.length ? words : words.slice(0, length), changed, first, last }
}

/** Those of a store's sorted words that older ones do not have, or not so. */
export function changedWords(older: PollWords, newer: PollWords): PollWords {
  let o = 0
  return newer.filter((word) => {
    while (o < older.length && offsetOf(older[o]!) < offsetOf(word)) o++
    return older[o] !== word
  })
}
