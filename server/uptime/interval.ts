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
  return new Float64Array(flat)
}

/** The instants of `intervals` that are in none of `without`, in room of its own where none is given for so many numbers. */
export function subtracted(
  intervals: Intervals,
  without: Intervals,
  roomFor: (length: number) => Float64Array = (length) => new Float64Array(length),
): Intervals {
  const flat = roomFor(intervals.length + without.length)
  let length = 0
  let w = 0
  for (let i = 0; i < intervals.length; i += 2) {
    let startMs = intervals[i]!
    const endMs = intervals[i + 1]!
    while (w < without.length && without[w + 1]! <= startMs) w += 2
    for (let next = w; next < without.length && without[next]! < endMs; next += 2) {
      if (startMs < without[next]!) {
        flat[length++] = startMs
        flat[length++] = without[next]!
      }
      startMs = without[next + 1]!
    }
    if (startMs >= endMs) continue
    flat[length++] = startMs
    flat[length++] = endMs
  }
  return flat.subarray(0, length)
}

/** The instants that are in both. */
export function intersected(a: Intervals, b: Intervals): Intervals {
  const flat: number[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const startMs = Math.max(a[i]!, b[j]!)
    const endMs = Math.min(a[i + 1]!, b[j + 1]!)
    if (startMs < endMs) flat.push(startMs, endMs)
    if (a[i + 1]! < b[j + 1]!) i += 2
    else j += 2
  }
  return new Float64Array(flat)
}

/** Whether one of the intervals has an instant. */
export function isWithin(intervals: Intervals, atMs: number): boolean {
  return endsUpTo(intervals, atMs) % 2 === 1
}

/** Whether one of the intervals has all of a span. */
export function isCovered(intervals: Intervals, { startMs, endMs }: Interval): boolean {
  const place = endsUpTo(intervals, startMs)
  return place % 2 === 1 && intervals[place]! >= endMs
}

/** How many starts and ends are at or before an instant. */
function endsUpTo(intervals: Intervals, atMs: number): number {
  let low = 0
  let high = intervals.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (intervals[middle]! <= atMs) low = middle + 1
    else high = middle
  }
  return low
}

/** How much of `within` the intervals cover. */
export function coveredMs(intervals: Intervals, within: Interval): number {
  let sumMs = 0
  for (let i = 0; i < intervals.length; i += 2) {
    sumMs += Math.max(0, Math.min(intervals[i + 1]!, within.endMs) - Math.max(intervals[i]!, within.startMs))
  }
  return sumMs
}

/** The instants from `startMs` on. */
export function fromInstant(intervals: Intervals, startMs: number): Intervals {
  if (intervals.length === 0 || intervals[0]! >= startMs) return intervals
  return intersected(intervals, Float64Array.of(startMs, Infinity))
}

/** The instants before `endMs`. */
export function beforeInstant(intervals: Intervals, endMs: number): Intervals {
  if (intervals.length === 0 || intervals.at(-1)! <= endMs) return intervals
  return intersected(intervals, Float64Array.of(-Infinity, endMs))
}
