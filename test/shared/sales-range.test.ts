import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inTwoDigits } from '../../shared/sales-range.ts'

test('two digits stay two, and are beside the value', () => {
  expect(
    [1234, 0.0567, 99.6, 120, 1.1].map(
      (value) => inTwoDigits({ low: value, middle: value, high: value }).low,
    ),
  ).toEqual([1200, 0.056, 99, 120, 1.1])
  expect(
    [1234, 0.0567, 99.6, 120, 1.1].map(
      (value) => inTwoDigits({ low: value, middle: value, high: value }).high,
    ),
  ).toEqual([1300, 0.057, 100, 120, 1.1])
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e12, noNaN: true }), (value) => {
      const { low, middle, high } = inTwoDigits({ low: value, middle: value, high: value })
      expect([low, high]).toContain(middle)
      expect(low).toBeLessThanOrEqual(value * (1 + 1e-9))
      expect(high).toBeGreaterThanOrEqual(value * (1 - 1e-9))
      expect(low).toBeGreaterThan(value * 0.9)
      expect(high).toBeLessThan(value * 1.1 + 1e-9)
      expect(Number(low.toPrecision(2))).toBe(low)
    }),
  )
})
