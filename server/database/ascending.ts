/** Keys that lie at most so far apart on average are put in order without comparing them. */
const MOST_ROOM_PER_KEY = 16

/** Different whole numbers, such as keys of stores, in ascending order: sooner than by comparing them, which reports would notice. */
export function ascending(keys: readonly number[]): readonly number[] {
  let least = Infinity
  let most = -Infinity
  let isAscending = true
  for (const key of keys) {
    isAscending &&= key > most
    least = Math.min(least, key)
    most = Math.max(most, key)
  }
  if (isAscending) return keys
  if (most - least >= keys.length * MOST_ROOM_PER_KEY) return keys.toSorted((a, b) => a - b)
  const isThere = new Uint8Array(most - least + 1)
  for (const key of keys) isThere[key - least] = 1
  const inOrder: number[] = []
  for (let i = isThere.indexOf(1); i >= 0; i = isThere.indexOf(1, i + 1)) inOrder.push(least + i)
  return inOrder
}
