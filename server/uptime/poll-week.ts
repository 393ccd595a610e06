/**
 * Polls, packed: one word of 32 bits a poll, `offset * 2 + active`, where `offset` is the milliseconds since the start
 * of the poll's UTC week (a week has fewer than 2^30 of them). The words of a store's week are sorted by offset, and no
 * two have the same one. Weeks are counted from the epoch and start on a Thursday.
 */
export type PollWords = Uint32Array<ArrayBuffer>

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

/**
 * The words of one store and week in the order in which they were ingested, as a sorted week. Of two polls at the same
 * millisecond the later one counts. They mostly come in few runs that are sorted already, which are merged.
 */
export function sortedWeek(words: PollWords): PollWords {
  const runs: PollWords[] = []
  for (let start = 0, end = 0; start < words.length; start = end) {
    end = endOfRun(words, start)
    runs.push(words.subarray(start, end))
  }
  return mergedRuns(runs, 0, runs.length)
}

/** Where the sorted words end that start at `start`. */
function endOfRun(words: PollWords, start: number): number {
  let end = start + 1
  while (end < words.length && offsetOf(words[end - 1]!) < offsetOf(words[end]!)) end++
  return end
}

/** Some of the runs as one, later ones being newer. */
function mergedRuns(runs: readonly PollWords[], from: number, to: number): PollWords {
  if (to - from <= 1) return runs[from] ?? new Uint32Array(0)
  const middle = (from + to) >>> 1
  return mergedWeek(mergedRuns(runs, from, middle), mergedRuns(runs, middle, to)).words
}

/** Two sorted weeks of a store as one, and how many words of `newer` changed something. `newer` wins. */
export function mergedWeek(older: PollWords, newer: PollWords): { words: PollWords; changed: number } {
  const words = new Uint32Array(older.length + newer.length)
  let length = 0
  let changed = 0
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
    if (oldWord !== newWord) changed++
    if (offsetOf(oldWord) === offsetOf(newWord)) o++
    n++
  }
  changed += newer.length - n
  const rest = o < older.length ? older.subarray(o) : newer.subarray(n)
  words.set(rest, length)
  length += rest.length
  return { words: length === words.length ? words : words.slice(0, length), changed }
}

/** Words as the little-endian bytes in which they are stored, sharing their memory. */
export function bytesOfWords(words: PollWords): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

/** The words in stored bytes, sharing their memory where it is aligned. */
export function wordsOfBytes(bytes: Uint8Array): PollWords {
  // Not bytes.slice(): that of a Buffer copies nothing.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  return new Uint32Array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength >>> 2)
}
