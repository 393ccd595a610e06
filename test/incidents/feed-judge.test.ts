import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFeedJudge } from '../../server/incidents/feed-judge.ts'
import { alertRules } from '../../shared/alert-rules.ts'
import { aSlowStore, historyOf } from './scenario.ts'

test('more groups than there is memory for are refused, with what to do, before it is used', () => {
  const rules = alertRules.parse({ rules: [{ condition: 'group-share', by: 'city' }] })
  const stepMs = 300_000
  const grid = { stepMs, first: 0, count: 400 * 288 }
  const time = { grid, dataTimeMs: stepMs * grid.count, isWhole: true }
  const feeds = createFeedJudge(rules, time, 2 * grid.count)
  const [store] = fc.sample(aSlowStore, { numRuns: 1, seed: 20_230_125 })
  const history = historyOf(store!)
  const add = (city: string) =>
    feeds.add({
      rules: { places: [0] },
      groups: new Set([`city=${city}`]),
      history,
      latestPollMs: undefined,
    })
  for (const city of ['Boston', 'Chicago', 'Boston']) add(city)
  expect(() => add('Denver')).toThrow(
    'the rules have too many groups to look at all of them every 5 minutes for 400 days: ask for less time, or have a longer grid',
  )
})
