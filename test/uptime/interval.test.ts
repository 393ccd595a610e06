import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  coveredMs,
  intersected,
  mergedIntervals,
  subtracted,
  type Interval,
} from '../../server/uptime/interval.ts'

const within = { startMs: 0, endMs: 100 }

type Spans = readonly (readonly [number, number])[]

function merged(...spans: Spans): number[] {
  return [...intervals(...spans)]
}

function intervals(...spans: Spans): Float64Array {
  return mergedIntervals(
    spans.map(([startMs, endMs]) => ({ startMs, endMs })),
    within,
  )
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

const someIntervals = fc
  .array(fc.record({ startMs: fc.nat({ max: 100 }), endMs: fc.nat({ max: 100 }) }), { maxLength: 8 })
  .map((spans) => mergedIntervals(spans, within))

function instantsIn(flat: Float64Array): number[] {
  return Array.from({ length: 100 }, (_, at) => at).filter((at) =>
    flat.some((startMs, i) => i % 2 === 0 && startMs <= at && at < flat[i + 1]!),
  )
}

test('what is left without others, and what two have in common, is so at each instant', () => {
  fc.assert(
    fc.property(someIntervals, someIntervals, (a, b) => {
      const inA = instantsIn(a)
      const inB = new Set(instantsIn(b))
      expect(instantsIn(subtracted(a, b))).toEqual(inA.filter((at) => !inB.has(at)))
      expect(instantsIn(intersected(a, b))).toEqual(inA.filter((at) => inB.has(at)))
      expect(coveredMs(a, { startMs: 10, endMs: 60 })).toBe(inA.filter((at) => 10 <= at && at < 60).length)
    }),
    { seed: 20_230_125, numRuns: 500 },
  )
})

test('what is left without others is none of it empty, nor does it touch', () => {
  expect([...subtracted(intervals([0, 10], [20, 30]), intervals([5, 25]))]).toEqual([0, 5, 25, 30])
  expect([...subtracted(intervals([0, 10]), intervals([0, 10]))]).toEqual([])
  expect([...subtracted(intervals([0, 10]), intervals([3, 4], [6, 7]))]).toEqual([0, 3, 4, 6, 7, 10])
})
