import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dueTurns, turnsOf } from '../../../server/ingest/polling/turns.ts'
import type { StoreId } from '../../../shared/ids.ts'

const HOUR_MS = 3_600_000
const ids = (count: number) =>
  Array.from({ length: count }, (_, i) => `store-${String(i).padStart(6, '0')}` as StoreId)

test('each store has one turn, the same each time, and another for another poller', () => {
  const turns = turnsOf(ids(1000), 'a', HOUR_MS)
  expect(turnsOf(ids(1000).reverse(), 'a', HOUR_MS)).toEqual(turns)
  expect(turns.map(({ storeId }) => storeId).sort()).toEqual(ids(1000))
  const other = turnsOf(ids(1000), 'b', HOUR_MS)
  expect(other.filter((turn, i) => turn.offsetMs === turns[i]!.offsetMs)).toHaveLength(0)
})

test('turns are spread evenly, however alike the ids', () => {
  const turns = turnsOf(ids(36_000), 'a', HOUR_MS)
  const byMinute = Array.from(
    { length: 60 },
    (_, minute) =>
      dueTurns(turns, { afterMs: minute * 60_000 - 1, untilMs: (minute + 1) * 60_000 - 1, everyMs: HOUR_MS })
        .length,
  )
  expect(byMinute.reduce((sum, count) => sum + count)).toBe(36_000)
  expect(Math.min(...byMinute)).toBeGreaterThan(500)
  expect(Math.max(...byMinute)).toBeLessThan(700)
})

test('over any steps of time each store has its turn once an interval', () => {
  const turns = turnsOf(ids(50), 'a', 1000)
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 20 }),
      (start, steps) => {
        let afterMs = start
        const seen = new Map<string, number>()
        for (const step of steps) {
          const untilMs = afterMs + step
          for (const { storeId } of dueTurns(turns, { afterMs, untilMs, everyMs: 1000 })) {
            seen.set(storeId, (seen.get(storeId) ?? 0) + 1)
          }
          afterMs = untilMs
        }
        for (const { storeId, offsetMs } of turns) {
          const before = (ms: number) => Math.floor((ms - offsetMs) / 1000)
          expect(seen.get(storeId) ?? 0).toBe(before(afterMs) - before(start))
        }
      },
    ),
  )
})

test('after a long time each store has one turn, and a clock that goes back brings none', () => {
  const turns = turnsOf(ids(50), 'a', 1000)
  expect(dueTurns(turns, { afterMs: 0, untilMs: 10_000, everyMs: 1000 })).toHaveLength(50)
  expect(dueTurns(turns, { afterMs: 10, untilMs: 5, everyMs: 1000 })).toEqual([])
})
