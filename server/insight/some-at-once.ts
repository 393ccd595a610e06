/** For so many stores at a time it is asked which group they are in. */
const STORES_AT_ONCE = 256

/** What comes, some at a time; the last of them may be none. */
export async function* someAtOnce<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let some: Item[] = []
  for await (const item of items) {
    some.push(item)
    if (some.length < STORES_AT_ONCE) continue
    yield some
    some = []
  }
  yield some
}
