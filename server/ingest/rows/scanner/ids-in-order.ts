/** So many texts are compared before code that sorts numbers is as fast as it gets. */
const FEW_IDS = 30_000

/** The places of ids, which are ASCII, so that JavaScript's order is that of their bytes, in ascending order. */
export function placesInOrder(ids: readonly string[], fewIds = FEW_IDS): number[] {
  if (ids.length > fewIds && !areInOrder(ids)) return placesByNumbers(ids)
  // An array knows when it is sorted already, which most files are nearly.
  return Array.from(ids.keys()).sort((a, b) => (ids[a]! < ids[b]! ? -1 : 1))
}

function areInOrder(ids: readonly string[]): boolean {
  return ids.every((id, i) => i === 0 || ids[i - 1]! < id)
}

/**
 * As many of the first characters as 32 bits have room for are sorted as numbers, which takes a fraction of the time of
 * comparing texts; with ids of digits these are nine.
 */
function placesByNumbers(ids: readonly string[]): number[] {
  const { rankOf, base } = ranksOf(ids)
  const length = Math.floor(32 / Math.log2(base))
  // The number above the place, as a processor of this age has them.
  const pairs = new Uint32Array(2 * ids.length)
  for (const [place, id] of ids.entries()) {
    let number = 0
    for (let i = 0; i < length; i++) number = number * base + (i < id.length ? rankOf[id.charCodeAt(i)]! : 0)
    pairs[2 * place] = place
    pairs[2 * place + 1] = number
  }
  new BigUint64Array(pairs.buffer).sort()
  const places = Array.from(ids, (_, i) => pairs[2 * i]!)
  for (let from = 0, to = 1; from < places.length; from = to++) {
    while (to < places.length && pairs[2 * to + 1] === pairs[2 * from + 1]) to++
    if (to - from > 1) sortSome(places, from, to, (a, b) => (ids[a]! < ids[b]! ? -1 : 1))
  }
  return places
}

/** The characters that there are, numbered from 1 in their order. */
function ranksOf(ids: readonly string[]): { readonly rankOf: Uint8Array; readonly base: number } {
  const rankOf = new Uint8Array(128)
  for (const id of ids) for (let i = 0; i < id.length; i++) rankOf[id.charCodeAt(i)] = 1
  let base = 1
  for (let character = 0; character < rankOf.length; character++) {
    if (rankOf[character] === 1) rankOf[character] = base++
  }
  return { rankOf, base: Math.max(base, 2) }
}

function sortSome(places: number[], from: number, to: number, compare: (a: number, b: number) => number) {
  for (const [i, place] of places.slice(from, to).sort(compare).entries()) places[from + i] = place
}
