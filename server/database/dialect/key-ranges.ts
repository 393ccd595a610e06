/** Keys that are no further apart are read as a range: it takes less to skip some than to begin another one. */
const MOST_KEYS_APART = 8
/** Keys that lie in more ranges are read one by one. */
const MOST_RANGES = 64

export interface KeyRange {
  readonly first: number
  last: number
}

/** Ranges with keys, which are in ascending order, and with some others between them; undefined where they lie too far apart. */
export function keyRanges(keys: readonly number[]): readonly KeyRange[] | undefined {
  const ranges: KeyRange[] = []
  for (const key of keys) {
    const range = ranges.at(-1)
    if (range !== undefined && key - range.last <= MOST_KEYS_APART) range.last = key
    else if (ranges.push({ first: key, last: key }) > MOST_RANGES) return undefined
  }
  return ranges
}
