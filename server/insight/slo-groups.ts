import type { SloGroups, SloGroupsQuery } from '../../shared/slo.ts'
import type { Db } from '../database/connect.ts'
import { hintOfLabel, readLabelValuesById } from '../database/labelled.ts'
import { percentSpent, type BudgetSpent } from '../incidents/budget.ts'
import { compareGroups } from '../reports/groups.ts'
import { amountsOf, slosIn, type Slo } from './slos.ts'
import { someAtOnce } from './some-at-once.ts'

interface Sums extends Pick<Slo, 'place' | 'target' | 'spent'> {
  readonly group: string | null
  readonly stores: number
  readonly overStores: number
}

/** Where the stores of each group stand together, by rule, and last those that have no value of the label: rules 32 and 39 of docs/uptime.md. */
export async function groupSlos(db: Db, query: SloGroupsQuery): Promise<SloGroups> {
  const { by } = query
  const { month, slos } = await slosIn(db, query)
  const sums = new Map<string, Sums>()
  for await (const some of someAtOnce(slos(undefined))) {
    const ids = some.map(({ storeId }) => storeId)
    const valueOf = by === undefined ? undefined : await readLabelValuesById(db, by, ids)
    for (const slo of some) {
      const group = valueOf?.get(slo.storeId) ?? null
      const key = JSON.stringify([group, slo.place])
      sums.set(key, withStore(sums.get(key), group, slo))
    }
  }
  const inOrder = [...sums.values()].sort((a, b) => compareGroups(a.group, b.group) || a.place - b.place)
  return {
    by: by ?? null,
    month: month.name,
    groups: inOrder.map(({ group, stores, overStores, ...sum }) => ({
      group,
      ...amountsOf(sum),
      stores,
      overStores,
    })),
    hint: await hintOfLabel(db, by, inOrder),
  }
}

function withStore(sums: Sums | undefined, group: string | null, { place, target, spent }: Slo): Sums {
  return {
    group,
    place,
    target,
    spent: sums === undefined ? spent : added(sums.spent, spent),
    stores: (sums?.stores ?? 0) + 1,
    overStores: (sums?.overStores ?? 0) + (spent.percent >= 100 ? 1 : 0),
  }
}

function added(one: BudgetSpent, other: BudgetSpent): BudgetSpent {
  const budgetMs = one.budgetMs + other.budgetMs
  const tally = {
    uptimeMs: one.tally.uptimeMs + other.tally.uptimeMs,
    downtimeMs: one.tally.downtimeMs + other.tally.downtimeMs,
    unknownMs: one.tally.unknownMs + other.tally.unknownMs,
    excusedMs: one.tally.excusedMs + other.tally.excusedMs,
  }
  return {
    businessMs: one.businessMs + other.businessMs,
    budgetMs,
    tally,
    percent: percentSpent(tally.downtimeMs, budgetMs),
  }
}
