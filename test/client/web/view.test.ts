import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowOrders, windowNames } from '../../../shared/row-columns.ts'
import { storeStates } from '../../../shared/store-state.ts'
import {
  changed,
  filterOf,
  lasting,
  searchOf,
  viewOf,
  noViewpoint,
  type View,
} from '../../../client/web/view.ts'

const text = fc.string({ minLength: 1, unit: 'grapheme' })

const views = fc.record<Required<View>, never>(
  {
    asOf: text,
    interpolation: text,
    reach: text,
    corrections: text,
    compare: text,
    window: fc.constantFrom(...windowNames),
    group: fc.array(text, { minLength: 1, maxLength: 3 }),
    zone: text,
    q: text,
    now: fc.uniqueArray(fc.constantFrom(...storeStates), { minLength: 1 }),
    uptime: text,
    sort: text,
    order: fc.constantFrom(...rowOrders),
    days: fc.constantFrom('28', '84'),
    otherInterpolation: text,
    otherReach: text,
    month: text,
  },
  { requiredKeys: [] },
)

test('an address gives back the view that it was made of, whatever is searched', () => {
  fc.assert(
    fc.property(views, (view) => {
      expect(viewOf(searchOf(view))).toEqual(view)
    }),
  )
})

test('an address is read and written as people would', () => {
  const search =
    '?as_of=2023-01-25T18:13:22Z&window=LastDay&group=city=Bonn&zone=Asia/Tokyo&now=down&now=unknown'
  expect(viewOf(search)).toEqual({
    asOf: '2023-01-25T18:13:22Z',
    window: 'LastDay',
    group: ['city=Bonn'],
    zone: 'Asia/Tokyo',
    now: ['down', 'unknown'],
  })
  expect(searchOf(viewOf(search))).toBe(search)
  expect(searchOf({})).toBe('')
})

describe('of an address', () => {
  test('what is none of the values that there are is left out', () => {
    expect(viewOf('?window=LastYear&now=asleep&now=up&order=random&as_of=&other=1')).toEqual({ now: ['up'] })
  })

  test('what only the server can judge is left to it', () => {
    expect(viewOf('?as_of=yesterday&reach=long')).toEqual({ asOf: 'yesterday', reach: 'long' })
  })
})

const view: View = {
  asOf: 'x',
  reach: '90m',
  group: ['a=b'],
  zone: 'z',
  q: 'q',
  now: ['down'],
  sort: 'name',
  window: 'LastDay',
}

test('another screen keeps from where is looked and at which stores, and not what was searched and sorted', () => {
  expect(lasting(view)).toEqual({ asOf: 'x', reach: '90m', group: ['a=b'], window: 'LastDay' })
})

test('a change takes away what is undefined or empty', () => {
  expect(changed(view, { q: '', now: [], asOf: undefined, order: 'descending' })).toEqual({
    reach: '90m',
    group: ['a=b'],
    zone: 'z',
    sort: 'name',
    window: 'LastDay',
    order: 'descending',
  })
})

test('a viewpoint is not a filter', () => {
  expect(filterOf(view)).toEqual({ zone: 'z', q: 'q', now: ['down'] })
  expect(changed(view, noViewpoint)).toEqual({
    zone: 'z',
    q: 'q',
    now: ['down'],
    sort: 'name',
    window: 'LastDay',
  })
})
