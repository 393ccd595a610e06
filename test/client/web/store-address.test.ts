import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storeAddress, storeIdAt } from '../../../client/web/store-address.ts'

// What is a step in a path is so in whatever way it is written.
const ids = fc.string({ minLength: 1, unit: 'grapheme' }).filter((id) => id !== '.' && id !== '..')

test('a store is found again by its address, whatever its id is made of', () => {
  fc.assert(
    fc.property(ids, (id) => {
      expect(storeIdAt(new URL(storeAddress(id), 'http://x').pathname)).toBe(id)
    }),
  )
})

test('other addresses have none, and a malformed one is taken as it is', () => {
  expect(['/', '/stores', '/stores/', '/reports/x'].map(storeIdAt)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(storeIdAt('/stores/100%')).toBe('100%')
})
