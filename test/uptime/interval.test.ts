import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergedIntervals, type Interval } from '../../server/uptime/interval.ts'

const within = { startMs: 0, endMs: 100 }

function merged(...spans: readonly (readonly [number, number])[]): number[] {
  return [
    ...mergedIntervals(
      spans.map(([startMs, endMs]) => ({ startMs, endMs })),
      within,
    ),
  ]
}

test('spans that overlap or touch become one', () => {
  expect(merged([10, 20], [15, 30])).toEqual([10, 30])
  expect(merged([10, 20], [20, 30])).toEqual([10, 30])
  expect(merged([10, 20], [21, 30])).toEqual([10, 20, 21, 30])
})

test('a span inside another does not shorten it', () => {
  expect(merged([10, 50], [20, 30], [40, 60])).toEqual([10, 60])
})

test('spans may come in any order', () => {
  expect(merged([40, 50], [10, 20], [18, 25])).toEqual([10, 25, 40, 50])
})

test('empty spans, and those that end before they start, are dropped', () => {
  expect(merged([10, 10], [30, 20], [40, 50])).toEqual([40, 50])
  expect(merged([10, 20], [20, 20], [20, 15])).toEqual([10, 20])
})

test('spans are cut to the time asked for, and dropped outside of it', () => {
  expect(merged([-20, -10], [-10, 0], [-5, 5], [95, 105], [100, 110])).toEqual([0, 5, 95, 100])
  expect(merged([-20, 200])).toEqual([0, 100])
})

test('no spans are no intervals', () => {
  expect(merged()).toEqual([])
})

test('an instant is in the intervals if and only if it is in a span', () => {
  const aSpan = fc.record({
    startMs: fc.integer({ min: -10, max: 110 }),
    endMs: fc.integer({ min: -10, max: 110 }),
  })
  fc.assert(
    fc.property(fc.array(aSpan, { maxLength: 12 }), (spans) => {
      const flat = mergedIntervals(spans, within)
      const intervals = Array.from({ length: flat.length / 2 }, (_, i) => ({
        startMs: flat[2 * i]!,
        endMs: flat[2 * i + 1]!,
      }))
      for (let at = -10; at <= 110; at++) {
        expect(isIn(intervals, at)).toBe(isIn(spans, at) && isIn([within], at))
      }
      expect(flat.every((edge, i) => i === 0 || edge > flat[i - 1]!)).toBe(true)
    }),
    { seed: 20_230_125, numRuns: 300 },
  )
})

function isIn(intervals: readonly Interval[], at: number): boolean {
  return intervals.some(({ startMs, endMs }) => startMs <= at && at < endMs)
}
