import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placesInOrder } from '../../../../server/ingest/rows/scanner/ids-in-order.ts'

const digits = fc.stringMatching(/^[0-9]{1,19}$/)
const any = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,30}$/)
/** Many begin alike, and some of them end there. */
const alike = fc.stringMatching(/^store-12345[0-9]{0,3}$/)

test.each([
  ['of digits', digits],
  ['of any characters', any],
  ['that begin alike', alike],
])('ids %s are in the order of their bytes', (_, id) => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 300 }), (ids) => {
      const inOrder = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      for (const fewIds of [0, 300]) {
        expect(placesInOrder(ids, fewIds).map((place) => ids[place]!)).toEqual(inOrder)
      }
    }),
  )
})
