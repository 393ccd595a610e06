import { describe, expect, test } from 'vitest'
import type { Interval, Intervals } from '../../server/uptime/interval.ts'
import { pollWeekOf, pollWord, type PollWeek } from '../../server/uptime/poll-week.ts'
import { createStretches, findStretches, type Policy } from '../../server/uptime/stretches.ts'
import { tally as tallyOfStretches, type Tally } from '../../server/uptime/tally.ts'
import { aStore, hours, judgedStore, polled, viewpoint } from '../support/judged-store.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Small numbers: a window from 0 to 1000 ms, open all the time, unless said otherwise. */
const wholeWindow = { startMs: 0, endMs: 1000 }
const alwaysOpen = Float64Array.of(-10_000, 10_000)
const nearest: Policy = { interpolation: 'nearest', reachMs: 100_000 }
const previous: Policy = { interpolation: 'previous', reachMs: 100_000 }

function polls(...list: readonly (readonly ['up' | 'down', number])[]): PollWeek[] {
  const byWeek = Map.groupBy(list, ([, at]) => pollWeekOf(at))
  return Array.from(byWeek, ([week, polls]) => {
    const words = Uint32Array.from(polls, ([status, at]) => pollWord(at, status === 'up'))
    return { week, words, from: 0, to: words.length }
  })
}

function tally(open: Intervals, weeks: readonly PollWeek[], window: Interval, policy: Policy): Tally {
  const stretches = createStretches(100)
  findStretches(weeks, open, policy, stretches)
  return tallyOfStretches(open, stretches, window)
}

function total(uptimeMs: number, downtimeMs: number, unknownMs: number): Tally {
  return { uptimeMs, downtimeMs, unknownMs, excusedMs: 0 }
}

describe('the nearest poll speaks', () => {
  test('up to the midpoint between two polls', () => {
    expect(tally(alwaysOpen, polls(['up', 100], ['down', 300]), wholeWindow, nearest)).toEqual(
      total(200, 800, 0),
    )
  })

  test('up to the millisecond below, where the midpoint is a half', () => {
    expect(tally(alwaysOpen, polls(['up', 100], ['down', 301]), wholeWindow, nearest)).toEqual(
      total(200, 800, 0),
    )
    expect(tally(alwaysOpen, polls(['up', 100], ['down', 302]), wholeWindow, nearest)).toEqual(
      total(201, 799, 0),
    )
    // Neighbours: the earlier one has no time after itself.
    expect(tally(alwaysOpen, polls(['up', 500], ['down', 501]), wholeWindow, nearest)).toEqual(
      total(500, 500, 0),
    )
  })

  test('up to the millisecond below also before 1970', () => {
    const window = { startMs: -1000, endMs: 0 }
    expect(tally(alwaysOpen, polls(['up', -301], ['down', -100]), window, nearest)).toEqual(
      total(799, 201, 0),
    )
  })

  test('also from outside the window', () => {
    expect(tally(alwaysOpen, polls(['up', -400], ['down', 600]), wholeWindow, nearest)).toEqual(
      total(100, 900, 0),
    )
    expect(tally(alwaysOpen, polls(['up', -400]), wholeWindow, nearest)).toEqual(total(1000, 0, 0))
    expect(tally(alwaysOpen, polls(['up', -800], ['down', -300]), wholeWindow, nearest)).toEqual(
      total(0, 1000, 0),
    )
  })

  test('across closed time, which counts for nobody', () => {
    const open = Float64Array.of(0, 300, 700, 1000)
    expect(tally(open, polls(['up', 100], ['down', 800]), wholeWindow, nearest)).toEqual(total(300, 300, 0))
    expect(tally(open, polls(['up', 250], ['down', 950]), wholeWindow, nearest)).toEqual(total(300, 300, 0))
    expect(tally(open, polls(['up', 290], ['down', 750]), wholeWindow, nearest)).toEqual(total(300, 300, 0))
    expect(tally(open, polls(['up', 299], ['down', 999]), wholeWindow, nearest)).toEqual(total(300, 300, 0))
    expect(tally(open, polls(['up', 200], ['down', 290]), wholeWindow, nearest)).toEqual(total(245, 355, 0))
  })
})

describe('the latest poll before a moment speaks', () => {
  test('until the next one', () => {
    const three = polls(['up', 100], ['down', 300], ['up', 700])
    expect(tally(alwaysOpen, three, wholeWindow, previous)).toEqual(total(100 + 200 + 300, 400, 0))
  })

  test('and where there is none, the earliest after it', () => {
    expect(tally(alwaysOpen, polls(['down', 400], ['up', 500]), wholeWindow, previous)).toEqual(
      total(500, 500, 0),
    )
  })

  test('within reach; after a longer silence, the next poll looks back as far', () => {
    const policy = { ...previous, reachMs: 200 }
    // up 0-300, unknown 300-600, down 600-1000
    expect(tally(alwaysOpen, polls(['up', 100], ['down', 800]), wholeWindow, policy)).toEqual(
      total(300, 400, 300),
    )
    // up 0-300, then at once down 300-700
    expect(tally(alwaysOpen, polls(['up', 100], ['down', 500]), wholeWindow, policy)).toEqual(
      total(300, 400, 300),
    )
    // up 0-300, down looks back from 350 to 300 only
    expect(tally(alwaysOpen, polls(['up', 100], ['down', 350]), wholeWindow, policy)).toEqual(
      total(300, 250, 450),
    )
    // the next poll comes at the very end of the reach
    expect(tally(alwaysOpen, polls(['up', 100], ['down', 300]), wholeWindow, policy)).toEqual(
      total(300, 200, 500),
    )
  })
})

describe('a poll reaches', () => {
  test.each([nearest, previous])(
    'from a reach before it to a reach after it, under $interpolation',
    (policy) => {
      const reaching = { ...policy, reachMs: 200 }
      expect(tally(alwaysOpen, polls(['up', 500]), wholeWindow, reaching)).toEqual(total(400, 0, 600))
      expect(tally(alwaysOpen, polls(['up', 0]), wholeWindow, reaching)).toEqual(total(200, 0, 800))
      expect(tally(alwaysOpen, polls(['up', 1000]), wholeWindow, reaching)).toEqual(total(200, 0, 800))
    },
  )

  test.each([nearest, previous])('into a window to the millisecond, under $interpolation', (policy) => {
    const reaching = { ...policy, reachMs: 200 }
    expect(tally(alwaysOpen, polls(['down', -200]), wholeWindow, reaching)).toEqual(total(0, 0, 1000))
    expect(tally(alwaysOpen, polls(['down', -199]), wholeWindow, reaching)).toEqual(total(0, 1, 999))
    expect(tally(alwaysOpen, polls(['down', 1199]), wholeWindow, reaching)).toEqual(total(0, 1, 999))
    expect(tally(alwaysOpen, polls(['down', 1200]), wholeWindow, reaching)).toEqual(total(0, 0, 1000))
  })

  test('to the midpoint only, where two reaches overlap', () => {
    const policy = { ...nearest, reachMs: 200 }
    expect(tally(alwaysOpen, polls(['up', 300], ['down', 501]), wholeWindow, policy)).toEqual(
      total(300, 301, 399),
    )
  })
})

describe('a window', () => {
  test('without business time is nothing at all', () => {
    expect(tally(Float64Array.of(), polls(), wholeWindow, nearest)).toEqual(total(0, 0, 0))
    expect(tally(Float64Array.of(-50, 0, 1000, 1050), polls(['up', -50]), wholeWindow, nearest)).toEqual(
      total(0, 0, 0),
    )
  })

  test('without polls is unknown while the store was open', () => {
    const open = Float64Array.of(-50, 100, 400, 500, 900, 2000)
    expect(tally(open, polls(), wholeWindow, nearest)).toEqual(total(0, 0, 300))
  })
})

// 2023-01-23 is a Monday.
describe('a poll', () => {
  const asOf = '2023-01-23T17:00Z'
  const nineToFive = aStore({ hours: hours('daily', '09:00-17:00') })

  test('at the end of business hours is silent, and one at their start speaks', () => {
    const atEnd = { ...nineToFive, polls: [polled('active', '2023-01-23T17:00Z')] }
    expect(judgedStore(atEnd, viewpoint('2023-01-23T18:00Z'))[1]).toEqual(total(0, 0, 8 * HOUR_MS))
    const atStart = { ...nineToFive, polls: [polled('active', '2023-01-23T09:00Z')] }
    expect(judgedStore(atStart, viewpoint('2023-01-23T18:00Z'))[1]).toEqual(total(8 * HOUR_MS, 0, 0))
    const justBefore = { ...nineToFive, polls: [polled('active', '2023-01-23T08:59:59.999Z')] }
    expect(judgedStore(justBefore, viewpoint('2023-01-23T18:00Z'))[1]).toEqual(total(0, 0, 8 * HOUR_MS))
  })

  test('at as_of speaks for the time before it, where the store is open then', () => {
    const alwaysOpenStore = aStore({ polls: [polled('inactive', asOf)] })
    expect(judgedStore(alwaysOpenStore, viewpoint(asOf, { reachMs: 30 * MINUTE_MS }))[0]).toEqual(
      total(0, 30 * MINUTE_MS, 30 * MINUTE_MS),
    )
    const opensThen = aStore({
      hours: hours('daily', '17:00-18:00', '08:00-10:00'),
      polls: [polled('inactive', asOf)],
    })
    expect(judgedStore(opensThen, viewpoint(asOf))[1]).toEqual(total(0, 3 * HOUR_MS, 0))
    const closesThen = { ...nineToFive, polls: [polled('inactive', asOf)] }
    expect(judgedStore(closesThen, viewpoint(asOf))[1]).toEqual(total(0, 0, 8 * HOUR_MS))
  })

  test('one millisecond after as_of is not known yet', () => {
    const store = aStore({ polls: [polled('inactive', '2023-01-23T17:00:00.001Z')] })
    expect(judgedStore(store, viewpoint(asOf))[0]).toEqual(total(0, 0, HOUR_MS))
  })

  test('of the week before the window speaks into it', () => {
    const store = aStore({ polls: [polled('active', '2023-01-15T17:00Z')] })
    const [hour, day, week] = judgedStore(store, viewpoint(asOf, { reachMs: 2 * DAY_MS }))
    expect([hour, day]).toEqual([total(0, 0, HOUR_MS), total(0, 0, DAY_MS)])
    expect(week).toEqual(total(DAY_MS, 0, 6 * DAY_MS))
  })

  test('said twice at a millisecond counts as it was said last', () => {
    const at = '2023-01-23T16:30Z'
    const store = aStore({ polls: [polled('active', at), polled('inactive', at)] })
    expect(judgedStore(store, viewpoint(asOf))[0]).toEqual(total(0, HOUR_MS, 0))
    expect(judgedStore({ ...store, polls: store.polls.toReversed() }, viewpoint(asOf))[0]).toEqual(
      total(HOUR_MS, 0, 0),
    )
  })
})

describe('a store', () => {
  test('open over midnight is judged in one stretch', () => {
    const store = aStore({
      hours: hours('daily', '20:00-23:59', '00:00-02:00'),
      polls: [polled('active', '2023-01-22T23:00Z'), polled('inactive', '2023-01-23T01:30Z')],
    })
    // Up from 20:00 to 00:15, down from there to 02:00.
    expect(judgedStore(store, viewpoint('2023-01-23T12:00Z'))[1]).toEqual(
      total(4.25 * HOUR_MS, 1.75 * HOUR_MS, 0),
    )
  })

  test('has a day of 23 hours in spring and of 25 in autumn', () => {
    const store = aStore({ timezone: 'America/Chicago', hours: hours([6], '00:00-24:00') })
    const spring = { ...store, polls: [polled('active', '2023-03-12T12:00Z')] }
    expect(judgedStore(spring, viewpoint('2023-03-14T00:00Z'))[2]).toEqual(total(23 * HOUR_MS, 0, 0))
    const autumn = { ...store, polls: [polled('active', '2023-11-05T12:00Z')] }
    expect(judgedStore(autumn, viewpoint('2023-11-07T00:00Z'))[2]).toEqual(total(25 * HOUR_MS, 0, 0))
  })

  test('can be judged across 1970', () => {
    const store = aStore({
      polls: [polled('active', '1969-12-31T20:00Z'), polled('inactive', '1970-01-01T00:00Z')],
    })
    expect(judgedStore(store, viewpoint('1970-01-01T06:00Z'))[1]).toEqual(total(16 * HOUR_MS, 8 * HOUR_MS, 0))
  })
})
