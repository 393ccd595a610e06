import fc from 'fast-check'
import { expect, test } from 'vitest'
import { budgetIncidents } from '../../server/incidents/budget.ts'
import { dropIncidents, uptimeIncidents } from '../../server/incidents/day-conditions.ts'
import { downIncidents } from '../../server/incidents/down.ts'
import type { FoundIncidents } from '../../server/incidents/incident.ts'
import type { LocalDay } from '../../server/incidents/judged-days.ts'
import { noDataIncidents } from '../../server/incidents/no-data.ts'
import type { StoreHistory } from '../../server/incidents/store-history.ts'
import { unstableIncidents } from '../../server/incidents/unstable.ts'
import {
  aSlowStore,
  budgetOf,
  downOf,
  dropOf,
  historyOf,
  noDataOf,
  someDays,
  unstableOf,
  uptimeOf,
} from './scenario.ts'

/** With the polls from some instant on, all is found that is found with all of them: from where that is said to be so. */
function cases<Thresholds>(
  thresholds: fc.Arbitrary<Thresholds>,
  find: (history: StoreHistory, days: readonly LocalDay[], thresholds: Thresholds) => FoundIncidents,
): number {
  let compared = 0
  fc.assert(
    fc.property(aSlowStore, someDays, thresholds, fc.nat({ max: 150 }), (store, days, given, laterMs) => {
      const fromMs = 1000 + laterMs
      const cut = find(historyOf(store, fromMs), days, given)
      const whole = find(historyOf(store), days, given)
      const { certainFromMs } = cut
      const later = ({ incidents }: FoundIncidents) =>
        incidents.filter(
          ({ openedMs, closedMs }) => openedMs >= certainFromMs || (closedMs ?? Infinity) > certainFromMs,
        )
      expect(whole.certainFromMs).toBe(-Infinity)
      fc.pre(certainFromMs <= store.dataTimeMs)
      expect(later(cut)).toEqual(later(whole))
      compared += later(whole).length
    }),
    { numRuns: 400, seed: 20_230_125 },
  )
  return compared
}

test('of stores that are down', () => {
  expect(cases(downOf, (history, _, given) => downIncidents(history, given))).toBeGreaterThan(4)
})
test('of stores without data', () => {
  expect(cases(noDataOf, (history, _, given) => noDataIncidents(history, given))).toBeGreaterThan(4)
})
test('of unstable stores', () => {
  expect(cases(unstableOf, (history, _, given) => unstableIncidents(history, given))).toBeGreaterThan(4)
})
test('of low uptime', () => {
  expect(cases(uptimeOf, uptimeIncidents)).toBeGreaterThan(4)
})
test('of uptime that drops', () => {
  expect(cases(dropOf, dropIncidents)).toBeGreaterThan(4)
})
test('of budgets', () => {
  expect(cases(budgetOf, budgetIncidents)).toBeGreaterThan(4)
})
