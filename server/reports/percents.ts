import { uptimeHundredths } from '../../shared/report-columns.ts'

/** With more than so many they are counted by value, which takes no more memory then. */
const MOST_KEPT = 4096

/** The percentages of many stores, of which the middle one is asked for. */
export interface Percents {
  /** Of a store; nothing where nothing of it was observed. */
  add(uptimeMs: number, downtimeMs: number): void
  /** The middle one, or of two the mean, to two decimals; null without any. */
  median(): number | null
}

export function createPercents(): Percents {
  let kept: number[] = []
  let counts: Uint32Array | undefined
  let count = 0

  function at(place: number): number {
    if (counts === undefined) return kept[place]!
    let hundredths = 0
    for (let before = counts[0]!; before <= place; before += counts[hundredths]!) hundredths++
    return hundredths
  }

  return {
    add(uptimeMs, downtimeMs) {
      const hundredths = uptimeHundredths(uptimeMs, downtimeMs)
      if (hundredths < 0) return
      count++
      if (counts === undefined && count > MOST_KEPT) {
        counts = new Uint32Array(10_001)
        for (const before of kept) counts[before]!++
        kept = []
      }
      if (counts === undefined) kept.push(hundredths)
      else counts[hundredths]!++
    },
    median() {
      if (count === 0) return null
      kept.sort((a, b) => a - b)
      return Math.round((at((count - 1) >>> 1) + at(count >>> 1)) / 2) / 100
    },
  }
}
