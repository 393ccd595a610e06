import { expect, test } from 'vitest'
import { createChangeLog } from '../../server/live/change-log.ts'

const [UP, DOWN] = [0, 1]

test('what has changed since a batch is told once of each store, and not where it is what it was', () => {
  const log = createChangeLog()
  log.restart(5)
  log.add(
    6,
    new Map([
      [1, { from: UP, to: DOWN }],
      [2, { from: UP, to: DOWN }],
    ]),
  )
  log.add(7, new Map())
  log.add(9, new Map([[1, { from: DOWN, to: UP }]]))
  expect(log.after(5)).toEqual(new Map([[2, { from: UP, to: DOWN }]]))
  expect(log.after(6)).toEqual(new Map([[1, { from: DOWN, to: UP }]]))
  expect(log.after(9)).toEqual(new Map())
  expect([log.after(4), log.after(10)]).toEqual([undefined, undefined])
})

test('only so much is kept', () => {
  const log = createChangeLog()
  log.restart(0)
  for (let batch = 1; batch <= 2000; batch++) log.add(batch, new Map([[batch, { from: UP, to: DOWN }]]))
  expect(log.after(500)).toBeUndefined()
  expect(log.after(1500)?.size).toBe(500)
})
