import { expect, test } from 'vitest'
import { createPercents } from '../../server/reports/percents.ts'

function medianOf(hundredths: readonly number[]): number | null {
  const percents = createPercents()
  for (const value of hundredths) percents.add(value, 10_000 - value)
  return percents.median()
}

test('the median is the middle percentage, or the mean of the two in the middle', () => {
  expect(medianOf([])).toBe(null)
  expect(medianOf([9000])).toBe(90)
  expect(medianOf([10_000, 0])).toBe(50)
  expect(medianOf([10_000, 9001, 9002, 0])).toBe(90.02)
  expect(medianOf([5, 1, 10_000])).toBe(0.05)
})

test('what nothing was observed of does not count', () => {
  const percents = createPercents()
  percents.add(0, 0)
  expect(percents.median()).toBe(null)
})

test('of many it is the same, whatever their order', () => {
  for (const count of [4096, 4097, 9000, 9001]) {
    const values = Array.from({ length: count }, (_, i) => (i * 7919) % 10_001)
    const sorted = values.toSorted((a, b) => a - b)
    const middle = (sorted[(count - 1) >>> 1]! + sorted[count >>> 1]!) / 2
    expect(medianOf(values)).toBe(Math.round(middle) / 100)
  }
  expect(medianOf(Array.from({ length: 5000 }, () => 10_000))).toBe(100)
  expect(medianOf(Array.from({ length: 5000 }, () => 0))).toBe(0)
})
