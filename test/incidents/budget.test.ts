import fc from 'fast-check'
import { expect, test } from 'vitest'
import { budgetIncidents, budgetSpent } from '../../server/incidents/budget.ts'
import { slowBudgetSpent } from '../support/slow-incidents.ts'
import { aSlowStore, budgetOf, historyOf, someDays } from './scenario.ts'

test('what is spent of a month is as the slow twin has it, and at the end of each date what incidents say', () => {
  let spentCount = 0
  fc.assert(
    fc.property(aSlowStore, someDays, budgetOf, (store, days, { target, spent }) => {
      const next = days.findIndex(({ isFirst }, i) => isFirst && i > 0)
      const month = next < 0 ? days : days.slice(0, next)
      const history = historyOf(store)
      const { incidents } = budgetIncidents(history, month, { target, spent })
      const ends = month.filter(({ endMs }) => endMs < store.dataTimeMs).map(({ endMs }) => endMs)
      const standings = ends.map((endMs) => budgetSpent(history, month, target, endMs))
      for (const percent of spent) {
        const first = standings.findIndex((one) => one.tally.downtimeMs > 0 && one.percent >= percent)
        expect(incidents.find(({ value }) => value === percent)?.openedMs).toBe(ends[first])
      }
      const asOfMs = Math.max(month[0]!.startMs, Math.min(month.at(-1)!.endMs, store.dataTimeMs))
      const { businessMs, budgetMs, tally, percent } = budgetSpent(history, month, target, asOfMs)
      expect({ businessMs, budgetMs, tally, percent }).toEqual(slowBudgetSpent(store, month, target, asOfMs))
      spentCount += incidents.length
    }),
    { seed: 20_230_125, numRuns: 300 },
  )
  expect(spentCount).toBeGreaterThan(50)
})
