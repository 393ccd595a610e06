import fc from 'fast-check'
import { expect, test } from 'vitest'
import { budgetIncidents } from '../../server/incidents/budget.ts'
import { dropIncidents, uptimeIncidents } from '../../server/incidents/day-conditions.ts'
import { downIncidents } from '../../server/incidents/down.ts'
import type { FoundIncidents } from '../../server/incidents/incident.ts'
import { noDataIncidents } from '../../server/incidents/no-data.ts'
import type { StoreHistory } from '../../server/incidents/store-history.ts'
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

/** What is wrong in a rule, or in what it is applied to. */
type Mutants<Thresholds> = Readonly<Record<string, (thresholds: Thresholds) => Thresholds>>

const storeMutants: Readonly<Record<string, (store: SlowStore) => SlowStore>> = {
  'a reach that is shorter': (store) => ({ ...store, reachMs: store.reachMs - 1 }),
  'the other interpolation': (store) => ({
    ...store,
    interpolation: store.interpolation === 'nearest' ? 'previous' : 'nearest',
  }),
  'excused time that counts': (store) => ({ ...store, excused: [] }),
  'closed time that counts': (store) => ({ ...store, closed: [] }),
  'wrong data that speak': (store) => ({ ...store, wrong: [] }),
  'polls that speak while it is closed': (store) => ({ ...store, open: [{ startMs: 0, endMs: 4000 }] }),
  'the latest polls, not known': (store) => ({ ...store, polls: store.polls.slice(0, -1) }),
}

type Find<Thresholds> = (
  stores: readonly SlowStore[],
  thresholds: Thresholds,
  days: Parameters<typeof budgetIncidents>[1],
) => FoundIncidents

function ofStore<Thresholds>(
  find: (
    history: StoreHistory,
    days: Parameters<typeof budgetIncidents>[1],
    thresholds: Thresholds,
  ) => FoundIncidents,
): Find<Thresholds> {
  return ([store], thresholds, days) => find(historyOf(store!), days, thresholds)
}

/** The mutants that find in none of some cases anything else than the rule does: those that the twin's test would not tell of. */
function alive<Thresholds>(
  thresholds: fc.Arbitrary<Thresholds>,
  find: Find<Thresholds>,
  mutants: Mutants<Thresholds>,
  unlike: readonly string[] = Object.keys(storeMutants),
): string[] {
  const samples = fc.sample(fc.tuple(someSlowStores(4), thresholds, someDays), {
    numRuns: 500,
    seed: 20_230_125,
  })
  const differs = (mutate: (sample: (typeof samples)[number]) => FoundIncidents) =>
    samples.some((sample) => {
      const [stores, given, days] = sample
      return JSON.stringify(mutate(sample).incidents) !== JSON.stringify(find(stores, given, days).incidents)
    })
  return [
    ...Object.entries(mutants)
      .filter(([, mutate]) => !differs(([stores, given, days]) => find(stores, mutate(given), days)))
      .map(([name]) => name),
    ...unlike.filter(
      (name) => !differs(([stores, given, days]) => find(stores.map(storeMutants[name]!), given, days)),
    ),
  ]
}

/** One more, one less of each number. */
function numbersOf<Thresholds extends object>(
  ...names: readonly (keyof Thresholds & string)[]
): Mutants<Thresholds> {
  return changedBy(1, names)
}

function percentsOf<Thresholds extends object>(
  ...names: readonly (keyof Thresholds & string)[]
): Mutants<Thresholds> {
  return changedBy(10, names)
}

function changedBy<Thresholds extends object>(
  step: number,
  names: readonly (keyof Thresholds & string)[],
): Mutants<Thresholds> {
  return Object.fromEntries(
    names.flatMap((name) =>
      [step, -step].map((by) => [
        `${name} ${by}`,
        (given: Thresholds) => ({ ...given, [name]: Number(given[name]) + by }),
      ]),
    ),
  )
}

const notByReach = Object.keys(storeMutants).slice(2)
const { 'the latest polls, not known': _, ...others } = storeMutants

test('of stores that are down', () => {
  expect(
    alive(
      downOf,
      ofStore((history, _days, given) => downIncidents(history, given)),
      numbersOf('forMs', 'polls', 'closingGuardMs', 'recover', 'expireMs'),
    ),
  ).toEqual([])
})

test('of stores without data', () => {
  expect(
    alive(
      noDataOf,
      ofStore((history, _days, given) => noDataIncidents(history, given)),
      numbersOf('forMs', 'forgetMs'),
      notByReach,
    ),
  ).toEqual([])
})

test('of stores that are unstable', () => {
  expect(
    alive(
      unstableOf,
      ofStore((history, _days, given) => unstableIncidents(history, given)),
      numbersOf('of', 'changes', 'until', 'expireMs'),
      notByReach.filter((name) => name !== 'excused time that counts'),
    ),
  ).toEqual([])
})

function aDayMore<Thresholds extends { readonly days: number }>(): Mutants<Thresholds> {
  return { 'a day more': (given) => ({ ...given, days: given.days + 1 }) }
}

test('of low uptime', () => {
  expect(
    alive(
      uptimeOf,
      ofStore(uptimeIncidents),
      { ...numbersOf('expireMs'), ...percentsOf('below', 'observed'), ...aDayMore() },
      Object.keys(others),
    ),
  ).toEqual([])
})

test('of uptime that drops', () => {
  expect(
    alive(
      dropOf,
      ofStore(dropIncidents),
      { ...numbersOf('points', 'expireMs'), ...percentsOf('observed'), ...aDayMore() },
      Object.keys(others),
    ),
  ).toEqual([])
})

test('of budgets that are spent', () => {
  expect(
    alive(
      budgetOf,
      ofStore(budgetIncidents),
      {
        ...numbersOf('target'),
        'all of it at once': (given) => ({ ...given, spent: [Math.max(...given.spent)] }),
      },
      Object.keys(others),
    ),
  ).toEqual([])
})

test('of groups', () => {
  expect(
    alive(
      groupShareOf,
      groupShareIncidents,
      {
        ...numbersOf('withinMs', 'stores', 'times', 'expireMs'),
        'a greater share': (given) => ({ ...given, share: given.share + 20 }),
        'one that is over sooner': (given) => ({ ...given, until: given.until + 25 }),
      },
      notByReach,
    ),
  ).toEqual([])
})

test('of feeds that are blind', () => {
  expect(
    alive(
      blindOf,
      blindIncidents,
      {
        ...numbersOf('withinMs', 'seenMs', 'stores', 'expireMs'),
        'a smaller share': (given) => ({ ...given, below: given.below - 20 }),
        'one that is over sooner': (given) => ({ ...given, until: given.until - 20 }),
      },
      notByReach,
    ),
  ).toEqual([])
})
