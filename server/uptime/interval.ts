/** The half-open span of time `[startMs, endMs)`, in epoch milliseconds. */
export interface Interval {
  readonly startMs: number
  readonly endMs: number
}

/**
 * Half-open intervals `[start, end)` in epoch milliseconds, flat: start, end, start, end, … Sorted, none empty, and no
 * two overlap or touch.
 */
export type Intervals = Float64Array

/** Spans in any order as intervals, cut to `within`: empty ones dropped, overlapping and touching ones merged. */
export function mergedIntervals(spans: readonly Interval[], within: Interval): Intervals {
  const sorted = spans.toSorted((a, b) => a.startMs - b.startMs)
  const flat: number[] = []
  for (const span of sorted) {
    const startMs = Math.max(span.startMs, within.startMs)
    const endMs = Math.min(span.endMs, within.endMs)
    if (startMs >= endMs) continue
    const last = flat.length - 1
    if (last > 0 && startMs <= flat[last]!) flat[last] = Math.max(flat[last]!, endMs)
    else flat.push(startMs, endMs)
  }
  return Float64Array.from(flat)
}
