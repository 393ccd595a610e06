import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ascending } from '../../server/database/ascending.ts'

const key = fc.oneof(fc.nat(200), fc.nat(2 ** 31 - 1))

test('keys are in ascending order, whether they lie close together or far apart', () => {
  fc.assert(
    fc.property(fc.uniqueArray(key), (keys) => {
      expect(ascending(keys)).toEqual(keys.toSorted((a, b) => a - b))
    }),
  )
})
