import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bytesOfOrders,
  HOURS_OF_WEEK,
  orderWeekAfter,
  ordersOfBytes,
  type OrderWeek,
} from '../../../server/uptime/sales/order-week.ts'

const anHour = fc.oneof(
  fc.constant([-1, 0] as const),
  fc.constant([0, 0] as const),
  fc.tuple(
    fc.integer({ min: 1, max: 3_000_000 }),
    fc.oneof(
      fc.integer({ min: -500, max: 500 }),
      fc.maxSafeInteger().map((sum) => Math.trunc(sum / 4)),
    ),
  ),
)
const aWeek: fc.Arbitrary<OrderWeek> = fc
  .array(anHour, { minLength: HOURS_OF_WEEK, maxLength: HOURS_OF_WEEK })
  .map((hours) => ({
    counts: Int32Array.from(hours, ([count]) => count),
    hundredths: Float64Array.from(hours, ([, sum]) => sum + 0),
  }))

test('a week is what its bytes say', () => {
  fc.assert(
    fc.property(aWeek, (week) => {
      expect(ordersOfBytes(bytesOfOrders(week))).toEqual(week)
    }),
  )
  expect(() => ordersOfBytes(new Uint8Array(HOURS_OF_WEEK - 1))).toThrow('end too early')
})

test('a file says what all of its hours are, given twice as given once, but for an hour that it may have cut', () => {
  fc.assert(
    fc.property(aWeek, aWeek, fc.integer({ min: 0, max: HOURS_OF_WEEK - 1 }), (before, file, end) => {
      const isAtItsEnds = (hour: number) => hour === end
      const after = orderWeekAfter(before, file, isAtItsEnds)
      expect(orderWeekAfter(after, file, isAtItsEnds)).toEqual(after)
      for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
        const isKept = file.counts[hour] === -1 || (hour === end && before.counts[hour]! > file.counts[hour]!)
        expect(after.counts[hour]).toBe((isKept ? before : file).counts[hour])
        expect(after.hundredths[hour]).toBe((isKept ? before : file).hundredths[hour])
      }
    }),
    { numRuns: 30 },
  )
})
