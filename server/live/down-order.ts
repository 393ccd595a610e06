import { AppError } from '../../shared/app-error.ts'

/** A place in the order of the stores that are down: since when, and by key of those since the same instant. */
export interface DownPlace {
  readonly sinceMs: number
  readonly storeKey: number
}

/** The first stores of that order behind a place, as many as asked for. */
export function firstDown(
  down: readonly number[],
  startMs: Float64Array,
  { after, limit }: { readonly after: DownPlace | undefined; readonly limit: number },
): number[] {
  const first: number[] = []
  const isBefore = (a: number, b: number) => startMs[a]! - startMs[b]! || a - b
  for (const key of down) {
    if (after !== undefined && (startMs[key]! - after.sinceMs || key - after.storeKey) <= 0) continue
    if (first.length === limit && isBefore(key, first[limit - 1]!) > 0) continue
    let low = 0
    let high = first.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(first[middle]!, key) < 0) low = middle + 1
      else high = middle
    }
    if (first.length === limit) first.pop()
    first.splice(low, 0, key)
  }
  return first
}

export function cursorOf({ sinceMs, storeKey }: DownPlace): string {
  return `${sinceMs}-${storeKey}`
}

/** Throws an `invalid` AppError where it is no cursor of a list of those that are down. */
export function placeOfCursor(cursor: string | undefined): DownPlace | undefined {
  if (cursor === undefined) return undefined
  const [, sinceMs, storeKey] = /^(\d{1,15})-(\d{1,10})$/.exec(cursor) ?? []
  if (sinceMs !== undefined) return { sinceMs: Number(sinceMs), storeKey: Number(storeKey) }
  throw new AppError(
    'invalid',
    `"${cursor}" is not a cursor of a list of stores that are down: take nextCursor of the page before`,
  )
}
