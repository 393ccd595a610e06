import type { PollWords } from '../uptime/poll-week.ts'

/**
 * Behind a store's polls of a week stands a word that makes the sum of all of them, and of what says whose they are, 0 in
 * 32 bits. A sum finds every change of one byte and all but one in 4 billion of other damage, and costs as good as nothing
 * where every word is read anyway.
 */
export function withChecksum(words: PollWords, week: number, storeKey: number): PollWords {
  const checked = new Uint32Array(words.length + 1)
  putWithChecksum({ week, storeKey, words }, checked, 0)
  return checked
}

/** The same of several, one after the other in the same memory: to make some of its own for each takes as long as all else. */
export function withChecksums(
  rows: readonly { readonly week: number; readonly storeKey: number; readonly words: PollWords }[],
): PollWords[] {
  const all = new Uint32Array(rows.reduce((sum, { words }) => sum + words.length + 1, 0))
  let end = 0
  return rows.map((row) => all.subarray(end, (end = putWithChecksum(row, all, end))))
}

/** Puts words and their checksum to a place, and returns the one behind it. */
function putWithChecksum(
  { week, storeKey, words }: { readonly week: number; readonly storeKey: number; readonly words: PollWords },
  to: PollWords,
  at: number,
): number {
  to.set(words, at)
  to[at + words.length] = -sumOf(words, 0, words.length, seedOf(week, storeKey))
  return at + words.length + 1
}

/** Whether the words from `from` to before `to`, the checksum being the last of them, are as they were written. */
export function isIntact(
  words: PollWords,
  from: number,
  to: number,
  { week, storeKey }: { readonly week: number; readonly storeKey: number },
): boolean {
  return to > from && sumOf(words, from, to, seedOf(week, storeKey)) === 0
}

function sumOf(words: PollWords, from: number, to: number, seed: number): number {
  let sum = seed
  for (let i = from; i < to; i++) sum = (sum + words[i]!) | 0
  return sum
}

/** So that polls of another store or week are as wrong as others. */
function seedOf(week: number, storeKey: number): number {
  return (Math.imul(storeKey, 0x9e3779b1) ^ Math.imul(week, 0x85ebca6b)) | 0
}
