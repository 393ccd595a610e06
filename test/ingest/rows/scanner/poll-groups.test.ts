import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScanner } from '../../../../server/ingest/rows/scanner/scanner.ts'

test('each store and week is a group of its own, however they come, and a store knows its groups by week', () => {
  const storeAndWeek = fc.tuple(
    fc.oneof(fc.nat(3), fc.nat(5000)),
    fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -(2 ** 20), max: 2 ** 20 })),
  )
  fc.assert(
    fc.property(fc.array(storeAndWeek, { maxLength: 3000 }), (polls) => {
      const { groups } = createScanner()
      const twin = new Map<string, number>()
      for (const [store, week] of polls) {
        const key = `${store} ${week}`
        if (!twin.has(key)) twin.set(key, twin.size)
        expect(groups.groupOf(store, week)).toBe(twin.get(key))
      }
      expect(groups.size()).toBe(twin.size)
      for (const store of new Set(polls.map(([store]) => store))) {
        const weeks = new Set(polls.filter((poll) => poll[0] === store).map(([, week]) => week))
        const sorted = [...weeks].sort((a, b) => a - b)
        expect(groups.ofStore(store)).toEqual(sorted.map((week) => twin.get(`${store} ${week}`)))
        expect(groups.ofStore(store).map(groups.weekOf)).toEqual(sorted)
      }
    }),
    { numRuns: 50 },
  )
})

test('a store without polls has no groups', () => {
  expect(createScanner().groups.ofStore(7000)).toEqual([])
})
