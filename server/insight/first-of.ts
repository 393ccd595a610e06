const AT_ONCE = 1024

/** The first so many in an order that only all of them tell. */
export async function firstOf<Row>(
  rows: AsyncIterable<Row>,
  count: number,
  compare: (a: Row, b: Row) => number,
): Promise<Row[]> {
  let first: Row[] = []
  let more: Row[] = []
  const taken = () => [...first, ...more].sort(compare).slice(0, count)
  for await (const row of rows) {
    more.push(row)
    if (more.length < AT_ONCE) continue
    first = taken()
    more = []
  }
  return taken()
}
