import { expect, test } from 'vitest'
import { downIncidents, type DownThresholds } from '../../server/incidents/down.ts'
import { businessClock } from '../../server/incidents/business-clock.ts'
import { createHistories } from '../../server/incidents/store-history.ts'
import { downThresholds } from '../../server/incidents/thresholds.ts'
import { downRule } from '../../shared/alert-rule.ts'
import type { Correction } from '../../server/uptime/corrections.ts'
import { aStore, hours, judgedInput, ms, polled, viewpoint } from '../support/judged-store.ts'
import { withSchedule, type Poll } from '../support/slow-twin.ts'

const usual = downThresholds(downRule.parse({ condition: 'down' }))

/** When incidents of a store that is open from 9 to 17 opened and closed, as of a day. */
function foundIn(
  polls: readonly Poll[],
  {
    corrections = [],
    ...changed
  }: Partial<DownThresholds> & { readonly corrections?: readonly Correction[] } = {},
): string[] {
  const by = viewpoint('2023-01-25T00:00Z')
  const store = { ...withSchedule(aStore({ hours: hours('daily', '09:00-17:00'), polls })), corrections }
  const input = judgedInput(store, by, { startMs: ms('2023-01-01T00:00Z'), endMs: ms('2023-01-30T00:00Z') })
  const history = createHistories({
    fromMs: -Infinity,
    dataTimeMs: by.asOfMs,
    interpolation: by.interpolation,
    reachMs: by.reachMs,
  })({ ...input, clock: businessClock(input.open) })
  const { incidents } = downIncidents(history, { ...usual, ...changed })
  const text = (atMs: number | null) => (atMs === null ? '' : new Date(atMs).toISOString().slice(8, 16))
  return incidents.map(({ startMs, openedMs, closedMs, ending }) =>
    [text(startMs), text(openedMs), text(closedMs), ending ?? 'open'].join(' '),
  )
}

const up = (at: string) => polled('active', `2023-01-${at}Z`)
const down = (at: string) => polled('inactive', `2023-01-${at}Z`)

test('opens at the second inactive poll, where half an hour has passed by then', () => {
  expect(
    foundIn([up('23T10:00'), down('23T11:00'), down('23T11:10'), down('23T11:20'), up('23T12:00')]),
  ).toEqual(['23T10:30 23T11:10 23T12:00 recovered'])
  expect(
    foundIn([up('23T10:50'), down('23T11:00'), down('23T11:10'), down('23T11:24'), up('23T12:00')]),
  ).toEqual([])
})

test('a single inactive poll opens none, however long ago it is', () => {
  expect(foundIn([up('23T10:00'), down('23T11:00')])).toEqual([])
})

test('the night counts for nothing, and nobody is told shortly before it', () => {
  const polls = [up('23T15:40'), down('23T16:20'), down('23T16:40'), down('24T09:05'), up('24T10:00')]
  expect(foundIn(polls)).toEqual(['23T16:00 24T09:05 24T10:00 recovered'])
  expect(foundIn(polls, { closingGuardMs: 20 * 60_000 })).toEqual(['23T16:00 23T16:40 24T10:00 recovered'])
})

test('it is over at the active poll that makes as many in a row as are wanted', () => {
  const polls = [
    down('23T10:00'),
    down('23T11:00'),
    up('23T12:00'),
    down('23T13:00'),
    up('23T14:00'),
    up('23T15:00'),
  ]
  expect(foundIn(polls, { recover: 2 })).toEqual(['22T10:00 23T11:00 23T15:00 recovered'])
})

test('it expires a week after the last poll', () => {
  expect(foundIn([up('10T10:00'), down('10T11:00'), down('10T12:00')])).toEqual([
    '10T10:30 10T12:00 17T12:00 expired',
  ])
})

test('time that is excused opens none, and what was before it does not count', () => {
  const excused = { kind: 'excused' as const, fromMs: ms('2023-01-23T11:30Z'), toMs: ms('2023-01-23T13:00Z') }
  const polls = [up('23T10:30'), down('23T11:15'), down('23T12:00'), down('23T13:10'), down('23T13:40')]
  expect(foundIn(polls, { corrections: [excused] })).toEqual(['23T13:00 23T13:40  open'])
})
