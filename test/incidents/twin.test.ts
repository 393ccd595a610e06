import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { budgetIncidents } from '../../server/incidents/budget.ts'
import { dropIncidents, uptimeIncidents } from '../../server/incidents/day-conditions.ts'
import { downIncidents } from '../../server/incidents/down.ts'
import type { FoundIncidents, Incident } from '../../server/incidents/incident.ts'
import type { LocalDay } from '../../server/incidents/judged-days.ts'
import { noDataIncidents } from '../../server/incidents/no-data.ts'
import type { StoreHistory } from '../../server/incidents/store-history.ts'
import { unstableIncidents } from '../../server/incidents/unstable.ts'
import {
  slowBlind,
  slowBudget,
  slowDown,
  slowDrop,
  slowGroupShare,
  slowNoData,
  slowUnstable,
  slowUptime,
  type SlowStore,
} from '../support/slow-incidents.ts'
import {
  aSlowStore,
  blindIncidents,
  blindOf,
  budgetOf,
  downOf,
  dropOf,
  GRID_MS,
  groupShareIncidents,
  groupShareOf,
  historyOf,
  noDataOf,
  someDays,
  someSlowStores,
  unstableOf,
  uptimeOf,
} from './scenario.ts'

/** `TWIN=60000 npx vitest run test/incidents --project sqlite` compares as many, and each time others. */
const cases = Number(process.env['TWIN'] ?? 900)
const isAlways = process.env['TWIN'] === undefined

function parameters(share: number) {
  return { numRuns: Math.ceil(cases * share), ...(isAlways ? { seed: 20_230_125 } : {}) }
}

/** Most cases are of conditions of a store: of each as many. */
const SHARE = 1 / 8

/** Compares what is found in a store, and tells how many there were. */
function compared<Thresholds>(
  thresholds: fc.Arbitrary<Thresholds>,
  quick: (history: StoreHistory, days: readonly LocalDay[], thresholds: Thresholds) => FoundIncidents,
  slow: (store: SlowStore, days: readonly LocalDay[], thresholds: Thresholds) => Incident[],
  leastGapOf: (thresholds: Thresholds) => number = () => 0,
): number {
  let found = 0
  fc.assert(
    fc.property(aSlowStore, someDays, thresholds, (store, days, given) => {
      const { incidents } = quick(historyOf(store, -Infinity, leastGapOf(given)), days, given)
      expect(incidents).toEqual(slow(store, days, given))
      found += incidents.length
    }),
    parameters(SHARE),
  )
  return found
}

/** Of so many cases there have to be some. */
const some = (cases * SHARE) / 20

describe('what is found is what the slow twin finds', { timeout: 3_600_000 }, () => {
  test('of stores that are down', () => {
    const found = compared(
      downOf,
      (history, _, given) => downIncidents(history, given),
      (store, _, given) => slowDown(store, given),
    )
    expect(found).toBeGreaterThan(some)
  })
  test('of stores without data', () => {
    const found = compared(
      noDataOf,
      (history, _, given) => noDataIncidents(history, given),
      (store, _, given) => slowNoData(store, given),
      ({ forMs }) => forMs,
    )
    expect(found).toBeGreaterThan(some)
  })
  test('of stores that are unstable', () => {
    const found = compared(
      unstableOf,
      (history, _, given) => unstableIncidents(history, given),
      (store, _, given) => slowUnstable(store, given),
    )
    expect(found).toBeGreaterThan(some)
  })
  test('of low uptime', () => {
    expect(compared(uptimeOf, uptimeIncidents, slowUptime)).toBeGreaterThan(some)
  })
  test('of uptime that drops', () => {
    expect(compared(dropOf, dropIncidents, slowDrop)).toBeGreaterThan(some)
  })
  test('of budgets that are spent', () => {
    expect(compared(budgetOf, budgetIncidents, slowBudget)).toBeGreaterThan(some)
  })

  test('of groups', () => {
    let found = 0
    fc.assert(
      fc.property(someSlowStores(5), groupShareOf, (stores, thresholds) => {
        const { incidents } = groupShareIncidents(stores, thresholds)
        expect(incidents).toEqual(slowGroupShare(stores, GRID_MS, thresholds))
        found += incidents.length
      }),
      parameters(SHARE),
    )
    expect(found).toBeGreaterThan(some)
  })
  test('of feeds that are blind', () => {
    let found = 0
    fc.assert(
      fc.property(someSlowStores(5), blindOf, (stores, thresholds) => {
        const { incidents } = blindIncidents(stores, thresholds)
        expect(incidents).toEqual(slowBlind(stores, GRID_MS, thresholds))
        found += incidents.length
      }),
      parameters(SHARE),
    )
    expect(found).toBeGreaterThan(some)
  })
})
