import { expect, test } from 'vitest'
import { createPace } from '../../../server/ingest/polling/pace.ts'

test('no more go in a second than may, and no more at once after a pause', () => {
  const pace = createPace(10)
  const taken = Array.from({ length: 11 }, (_, tick) => pace.take(100, tick * 200))
  expect(taken[0]).toBe(1)
  expect(taken.slice(1)).toEqual(Array(10).fill(2))
  expect(pace.take(100, 3_600_000)).toBe(10)
})

test('what is not wanted is kept for a second, and slow ones come in the end', () => {
  const pace = createPace(0.1)
  expect(pace.take(1, 0)).toBe(1)
  expect(pace.take(1, 9000)).toBe(0)
  expect(pace.take(1, 10_000)).toBe(1)
})

test('a clock that goes back lets nobody through, and nobody wait for long', () => {
  const pace = createPace(10)
  pace.take(100, 10_000)
  expect(pace.take(100, 5000)).toBe(0)
  expect(pace.take(100, 5100)).toBe(1)
})
