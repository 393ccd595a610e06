import { describe, expect, test } from 'vitest'
import { uptimeBands } from '../../../shared/row-columns.ts'
import { queryOf, uptimeRange } from '../../../client/web/rows-query.ts'
import { bands, bandText, bandValue } from '../../../client/web/parts/uptime-bands.ts'

describe('a range of uptime', () => {
  test.each([
    ['80..90', { uptimeFrom: 80, uptimeTo: 90 }],
    ['100..100', { uptimeFrom: 100, uptimeTo: 100 }],
    ['..50', { uptimeTo: 50 }],
    ['99.5..', { uptimeFrom: 99.5 }],
    ['never', { observed: 'never' }],
    ['not-open', { observed: 'not-open' }],
    [undefined, {}],
  ])('%s is asked for as %j', (uptime, query) => expect(uptimeRange(uptime)).toEqual(query))

  test('of the distribution leads to the stores that are counted in it', () => {
    const ranges = bands
      .filter(({ observed }) => observed === null)
      .map((band) => uptimeRange(bandValue(band)))
    expect(ranges).toEqual(uptimeBands.map(({ from, to }) => ({ uptimeFrom: from, uptimeTo: to })))
    expect(bands.map(bandText)).toEqual([
      'Below 50 %',
      '50–80 %',
      '80–90 %',
      '90–95 %',
      '95–99 %',
      '99–100 %',
      '100 %',
      'Never observed',
      'Not open',
    ])
  })
})

test('nothing is asked for that the view does not have', () => {
  expect(queryOf({ group: ['a=b'], sort: 'name' }, undefined)).toEqual({})
  expect(queryOf({ q: 'x', zone: 'Asia/Tokyo', now: ['down'] }, 'id')).toEqual({
    search: 'x',
    timezone: 'Asia/Tokyo',
    now: ['down'],
    compareWith: 'id',
  })
})
