import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_VALUE, sortedPlaces } from '../../../server/reports/view/sorted-places.ts'

const aKey = fc.oneof(
  fc.constantFrom(0, 1, 2, 2047, 2048, 2 ** 22, 2 ** 31, NO_VALUE - 1, NO_VALUE, NO_VALUE),
  fc.integer({ min: 0, max: NO_VALUE }),
)

test('places are sorted by their keys, those of one key as they were, and last those without a value', () => {
  fc.assert(
    fc.property(fc.array(aKey), fc.constantFrom('ascending', 'descending'), (keys, order) => {
      const places = Uint32Array.from(keys, (_, i) => i * 3)
      const keyOf = (place: number) => keys[place / 3]!
      const sign = order === 'ascending' ? 1 : -1
      const expected = [...places].sort((a, b) => {
        const [left, right] = [keyOf(a), keyOf(b)]
        if (left === NO_VALUE || right === NO_VALUE)
          return Number(left === NO_VALUE) - Number(right === NO_VALUE)
        return (left - right) * sign
      })
      expect([...sortedPlaces(places, Uint32Array.from(keys), order)]).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})
