import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOrderSums, partsOf } from '../../../server/ingest/rows/order-sums.ts'

const someOrders = fc.array(
  fc.record({
    store: fc.nat({ max: 40 }),
    hour: fc.nat({ max: 500_000 }),
    hundredths: fc.integer({ min: -9, max: 99 }),
  }),
  { minLength: 1, maxLength: 3000 },
)

test('orders are summed by store and hour, as a map would, and come in the order of the stores, then the hours', () => {
  fc.assert(
    fc.property(someOrders, (orders) => {
      const sums = createOrderSums()
      const slow = new Map<string, number[]>()
      for (const { store, hour, hundredths } of orders) {
        sums.add(store, hour, hundredths)
        const key = `${40 - store} ${hour}`
        slow.set(key, [...(slow.get(key) ?? []), hundredths])
      }
      const keys = Array.from(
        sums.sortedKeys((store) => 40 - store),
        partsOf,
      )
      expect(keys).toHaveLength(slow.size)
      for (const [i, { place, hour }] of keys.entries()) {
        const before = keys[i - 1] ?? { place: -1, hour }
        expect(before.place < place || (before.place === place && before.hour < hour)).toBe(true)
        const amounts = slow.get(`${place} ${hour}`)!
        const hundredths = amounts.reduce((sum, amount) => sum + amount, 0)
        expect(sums.at(40 - place, hour)).toEqual({ count: amounts.length, hundredths })
      }
    }),
    { numRuns: 20 },
  )
})

test('they are refused where they would not fit into memory', () => {
  const sums = createOrderSums(2)
  sums.add(0, 1, 5)
  sums.add(0, 2, 5)
  sums.add(0, 1, 5)
  expect(() => sums.add(1, 1, 5)).toThrow(/more than 2 hours of stores: import it in several/)
})
