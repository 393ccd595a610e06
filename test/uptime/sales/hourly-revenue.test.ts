import { expect, test } from 'vitest'
import {
  revenueOfSamples,
  revenueOfStore,
  type KnownRevenue,
  type RevenueSample,
} from '../../../server/uptime/sales/hourly-revenue.ts'

const nothing: KnownRevenue = { samples: [], given: undefined, ofGroup: undefined, average: undefined }
const monday9 = 9
const tuesday9 = 24 + 9
const saturday9 = 5 * 24 + 9

function samples(hour: number, ...amounts: readonly number[]): RevenueSample[] {
  return amounts.map((hundredths) => ({ hour, hundredths }))
}

function basesOf(known: Partial<KnownRevenue>, ...hours: readonly number[]) {
  const revenue = revenueOfStore({ ...nothing, ...known })
  return hours.map((hour) => revenue(hour)?.basis)
}

test('four hours tell: their quartiles, their mean, and how far they are from it', () => {
  const revenue = revenueOfStore({ ...nothing, samples: samples(monday9, 400, 100, 300, 200) })
  expect(revenue(monday9)).toEqual({
    lower: 175,
    mean: 250,
    upper: 325,
    variance: 50_000 / 3,
    basis: 'hour',
  })
})

test('the mean is in the range, also where most hours have no orders; a refund is no less than nothing', () => {
  const revenue = revenueOfStore({ ...nothing, samples: samples(monday9, 0, 0, -700, 0, 1000) })
  expect(revenue(monday9)).toEqual({ lower: 0, mean: 200, upper: 200, variance: 200_000, basis: 'hour' })
})

test('where there are fewer, that time on such days does, then the store, then what was said, the group, the average', () => {
  const own = [...samples(monday9, 1, 2, 3), ...samples(tuesday9, 5)]
  expect(basesOf({ samples: own }, monday9, tuesday9, saturday9)).toEqual(['day-type', 'day-type', 'store'])
  const few = own.slice(1)
  expect(basesOf({ samples: few }, monday9)).toEqual([undefined])
  expect(basesOf({ samples: few, average: 7 }, monday9)).toEqual(['average'])
  const ofGroup = revenueOfSamples(samples(monday9, 1, 2, 3, 4))
  expect(basesOf({ samples: few, ofGroup, average: 7 }, monday9, saturday9)).toEqual(['group', 'group'])
  expect(basesOf({ samples: few, ofGroup, given: [500] }, monday9, saturday9)).toEqual(['given', 'given'])
  expect(basesOf({ samples: own, ofGroup, given: [500] }, monday9)).toEqual(['day-type'])
})

test('what was said is 30 % off at most; hours of which nothing is said are not known', () => {
  const given = Array.from({ length: 168 }, (_, hour) => (hour === monday9 ? 1000 : null))
  const revenue = revenueOfStore({ ...nothing, given })
  expect(revenue(monday9)).toEqual({ lower: 700, mean: 1000, upper: 1300, variance: 0, basis: 'given' })
  expect(revenue(tuesday9)).toBeUndefined()
})
