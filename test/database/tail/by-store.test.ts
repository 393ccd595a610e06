import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byStore } from '../../../server/database/tail/by-store.ts'
import { offsetOf, pollWord } from '../../../server/uptime/poll-week.ts'

/** Some in a row, some near each other, and some far from all others. */
const someKey = fc.oneof(
  fc.integer({ min: 100, max: 120 }),
  fc.integer({ min: 121, max: 300 }),
  fc.constantFrom(5000, 5001, 5016, 5033, 90_000),
)
const someRow = fc.array(
  fc.record({ key: someKey, ms: fc.integer({ min: 0, max: 40 }), isUp: fc.boolean() }),
  { maxLength: 30 },
)

/** The last poll that a store has at each millisecond, in order. */
function slowly(rows: readonly Uint32Array[], keys: readonly number[]): Map<number, number[]> {
  const polls = new Map<number, Map<number, number>>()
  for (const pairs of rows) {
    for (let i = 0; i < pairs.length; i += 2) {
      const ofStore = polls.get(pairs[i]!) ?? new Map<number, number>()
      polls.set(pairs[i]!, ofStore.set(offsetOf(pairs[i + 1]!), pairs[i + 1]!))
    }
  }
  const inOrder = keys.filter((key) => polls.has(key))
  return new Map(inOrder.map((key) => [key, [...polls.get(key)!.values()].sort((a, b) => a - b)]))
}

test('polls of rows are dealt to the stores that are asked for, wherever their keys are', () => {
  const someKeys = fc.uniqueArray(someKey, { maxLength: 40 }).map((keys) => keys.sort((a, b) => a - b))
  fc.assert(
    fc.property(fc.array(someRow, { maxLength: 8 }), someKeys, (given, keys) => {
      const rows = given.map((row) => {
        const pairs = row.map(({ key, ms, isUp }) => [key, pollWord(ms, isUp)] as const)
        return Uint32Array.from(pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]).flat())
      })
      const { storeKeys, words, from, to } = byStore(rows, keys)
      const found = new Map(storeKeys.map((key, i) => [key, [...words.subarray(from[i], to[i])]]))
      expect(found).toEqual(slowly(rows, keys))
    }),
    { numRuns: 500 },
  )
})
