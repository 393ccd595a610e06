/** How many rows a statement reads or writes. The text of a statement of this many is prepared once, and used again. */
const CHUNK_ROWS = 500

/** `items` in order, in arrays short enough for one statement. */
export function* chunks<Item>(items: readonly Item[], length: number = CHUNK_ROWS): Generator<Item[]> {
  for (let at = 0; at < items.length; at += length) yield items.slice(at, at + length)
}
