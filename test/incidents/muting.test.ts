import { expect, test } from 'vitest'
import type { Incident } from '../../server/incidents/incident.ts'
import { tellingOf } from '../../server/incidents/muting.ts'

function from(openedMs: number, closedMs: number | null): Incident {
  const ending = closedMs === null ? null : 'recovered'
  return { condition: 'down', startMs: openedMs, openedMs, closedMs, ending, value: 0 }
}

const telling = (openedMs?: number, closedMs?: number) => ({ openedMs, closedMs })

test('what nothing mutes is told when it is so', () => {
  expect(tellingOf(from(10, 20), [])).toEqual(telling(10, 20))
  expect(tellingOf(from(10, null), [from(20, 30), from(5, 10)])).toEqual(telling(10))
})

test('what opened while it was muted is told at the end of that, if it is still open then', () => {
  expect(tellingOf(from(10, 40), [from(5, 30)])).toEqual(telling(30, 40))
  expect(tellingOf(from(10, 30), [from(5, 30)])).toEqual(telling())
  expect(tellingOf(from(10, null), [from(5, null)])).toEqual(telling())
})

test('the end of one that was told waits, too; that of one that was not is never told', () => {
  expect(tellingOf(from(1, 10), [from(5, 30)])).toEqual(telling(1, 30))
  expect(tellingOf(from(1, 10), [from(5, null)])).toEqual(telling(1))
  expect(tellingOf(from(6, 10), [from(5, null)])).toEqual(telling())
})

test('one mute after the other holds back as one', () => {
  expect(tellingOf(from(10, 60), [from(25, 50), from(5, 30)])).toEqual(telling(50, 60))
  expect(tellingOf(from(10, 40), [from(25, 50), from(5, 30)])).toEqual(telling())
})
