export type NonEmpty<Item> = readonly [Item, ...Item[]]

export function mapNonEmpty<From, To>(
  items: NonEmpty<From>,
  map: (item: From, i: number) => To,
): NonEmpty<To> {
  const [first, ...others] = items
  return [map(first, 0), ...others.map((item, i) => map(item, i + 1))]
}
