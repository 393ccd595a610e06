/** Reads the next while one is used. */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let next: Promise<Result> | undefined
  for (const item of items) {
    const before = next && [await next]
    next = read(item)
    next.catch(() => {}) // who has taken what is before it is told, if anybody
    if (before !== undefined) yield before[0]!
  }
  if (next !== undefined) yield await next
}
