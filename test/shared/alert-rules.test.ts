import { expect, test } from 'vitest'
import { alertRules } from '../../shared/alert-rules.ts'

function problemsOf(given: unknown): string[] {
  const { error } = alertRules.safeParse(given)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test('what is left out is written out, and read back as it is', () => {
  const rules = alertRules.parse({ rules: [{ condition: 'down', group: 'City = Bonn', for: '15m' }] })
  expect(rules).toEqual({
    interpolation: 'nearest',
    reach: '24h',
    grid: '5m',
    rules: [
      {
        condition: 'down',
        enabled: true,
        group: ['city=Bonn'],
        severity: 'error',
        for: '15m',
        polls: 2,
        closingGuard: '30m',
        recover: 1,
        expire: '7d',
      },
    ],
  })
  expect(alertRules.parse(JSON.parse(JSON.stringify(rules)))).toEqual(rules)
})

test('without rules they are the usual ones; with an empty list, there are none', () => {
  const conditions = (given: unknown) => alertRules.parse(given).rules.map(({ condition }) => condition)
  expect(conditions({})).toEqual(['down', 'no-data', 'unstable', 'blind', 'late'])
  expect(conditions({ rules: [] })).toEqual([])
})

test.each([
  [{ condition: 'down', for: '3 minutes' }, 'rules.0.for: "3 minutes" is not a duration'],
  [{ condition: 'down', for: 30 }, 'rules.0.for: write a duration'],
  [{ condition: 'down', polls: 0 }, 'rules.0.polls: write a whole number from 1 to 100'],
  [{ condition: 'gone' }, 'rules.0.condition: write a condition: down, no-data'],
  [{ condition: 'down', closing_guard: '1h' }, '"closing_guard"'],
  [
    { condition: 'down', store: 'a', group: 'city=Bonn' },
    'rules.0.store: a rule is of a store or of a group',
  ],
  [{ condition: 'blind', store: 'a' }, 'rules.0.store: blind is of many stores'],
  [{ condition: 'unstable', until: 6 }, 'rules.0.until: it is over with fewer changes'],
  [{ condition: 'group-share', by: 'city', until: 40 }, 'rules.0.until: it is over with fewer'],
  [{ condition: 'uptime', below: 98, days: 3 }, 'rules.0.days: write 1, 7 or 28'],
])('%j is refused', (rule, problem) => {
  expect(problemsOf({ rules: [rule] })).toEqual([expect.stringContaining(problem)])
})

test('two rules of the same stores and the same kind are refused, whatever the order of their groups', () => {
  const uptime = { condition: 'uptime', below: 98, group: ['city=Bonn', 'chain=Roma'] }
  const same = { condition: 'uptime', below: 90, group: ['chain=Roma', 'city=Bonn'] }
  expect(problemsOf({ rules: [uptime, { ...uptime, days: 28 }] })).toEqual([])
  expect(problemsOf({ rules: [uptime, same] })).toEqual([
    'rules.1: it is a rule of uptime over 7 d of stores of chain=Roma and city=Bonn, as rule 1 is: leave one of them out',
  ])
})
