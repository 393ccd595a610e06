import fc from 'fast-check'
import { expect, test } from 'vitest'
import { budgetIncidents } from '../../server/incidents/budget.ts'
import { dropIncidents, uptimeIncidents } from '../../server/incidents/day-conditions.ts'
import { downIncidents } from '../../server/incidents/down.ts'
import type { FoundIncidents } from '../../server/incidents/incident.ts'
import type { LocalDay } from '../../server/incidents/judged-days.ts'
import { noDataIncidents } from '../../server/incidents/no-data.ts'
import { unstableIncidents } from '../../server/incidents/unstable.ts'
import type { SlowStore } from '../support/slow-incidents.ts'
import {
  blindIncidents,
  blindOf,
  budgetOf,
  downOf,
  dropOf,
  groupShareIncidents,
  groupShareOf,
  historyOf,
  noDataOf,
  someDays,
  someSlowStores,
  unstableOf,
  uptimeOf,
} from './scenario.ts'

/** While polls come in order, what was found stays, and nothing is found that would have been found before. */
function cases<Thresholds>(
  thresholds: fc.Arbitrary<Thresholds>,
  find: (stores: readonly SlowStore[], given: Thresholds, days: readonly LocalDay[]) => FoundIncidents,
): number {
  let compared = 0
  fc.assert(
    fc.property(
      someSlowStores(3),
      thresholds,
      someDays,
      fc.nat({ max: 300 }),
      (stores, given, days, back) => {
        const earlierMs = stores[0]!.dataTimeMs - back
        const asOf = (dataTimeMs: number) =>
          find(
            stores.map((store) => ({ ...store, dataTimeMs })),
            given,
            days,
          ).incidents
        const before = asOf(earlierMs)
        const after = asOf(stores[0]!.dataTimeMs)
        const known = after
          .filter(({ openedMs }) => openedMs < earlierMs || before.some((one) => one.openedMs === openedMs))
          .map((one) => {
            const isKnownClosed = before.some(
              ({ openedMs, closedMs }) => openedMs === one.openedMs && closedMs !== null,
            )
            const isLater = one.closedMs !== null && one.closedMs >= earlierMs && !isKnownClosed
            return isLater ? { ...one, closedMs: null, ending: null } : one
          })
        expect(before).toEqual(known)
        compared += before.length
      },
    ),
    { numRuns: 300, seed: 20_230_125 },
  )
  return compared
}

test('of stores that are down', () => {
  expect(cases(downOf, ([store], given) => downIncidents(historyOf(store!), given))).toBeGreaterThan(10)
})
test('of stores without data', () => {
  expect(cases(noDataOf, ([store], given) => noDataIncidents(historyOf(store!), given))).toBeGreaterThan(10)
})
test('of unstable stores', () => {
  expect(cases(unstableOf, ([store], given) => unstableIncidents(historyOf(store!), given))).toBeGreaterThan(
    10,
  )
})
test('of low uptime', () => {
  expect(
    cases(uptimeOf, ([store], given, days) => uptimeIncidents(historyOf(store!), days, given)),
  ).toBeGreaterThan(10)
})
test('of uptime that drops', () => {
  expect(
    cases(dropOf, ([store], given, days) => dropIncidents(historyOf(store!), days, given)),
  ).toBeGreaterThan(10)
})
test('of budgets', () => {
  expect(
    cases(budgetOf, ([store], given, days) => budgetIncidents(historyOf(store!), days, given)),
  ).toBeGreaterThan(10)
})
test('of groups', () => {
  expect(cases(groupShareOf, groupShareIncidents)).toBeGreaterThan(10)
})
test('of blind feeds', () => {
  expect(cases(blindOf, blindIncidents)).toBeGreaterThan(10)
})
