import type { SalesGroup, SalesGroups, SalesGroupsQuery } from '../../shared/sales-at-risk.ts'
import { inTwoDigits, type SalesRange } from '../../shared/sales-range.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from '../database/connect.ts'
import { hintOfLabel, readLabelValuesById } from '../database/labelled.ts'
import { asOfMsOf } from '../reports/as-of.ts'
import { compareGroups } from '../reports/groups.ts'
import { exactSalesByStore, type ExactSales } from './sales-at-risk.ts'
import { someAtOnce } from './some-at-once.ts'

interface Sums extends Omit<SalesGroup, keyof SalesRange> {
  range: SalesRange | null
}

/** What the stores of each group lost, by currency, and last those that have no value of the label: rules 32 and 44 of docs/uptime.md. */
export async function groupSales(db: Db, query: SalesGroupsQuery): Promise<SalesGroups> {
  const { by, since, until, ...options } = query
  // All stores look back from the same instant, whatever is imported meanwhile.
  const asOf = await asOfMsOf(db, options)
  const sums = new Map<string, Sums>()
  for await (const some of someAtOnce(exactSalesByStore(db, { ...query, asOf }, undefined))) {
    const ids = some.map(({ storeId }) => storeId)
    const valueOf = by === undefined ? undefined : await readLabelValuesById(db, by, ids)
    for (const store of some) {
      const group = valueOf?.get(store.storeId) ?? null
      const key = JSON.stringify([group, store.currency])
      sums.set(key, withStore(sums.get(key) ?? emptySums(group, store.currency), store))
    }
  }
  const inOrder = [...sums.values()].sort(
    (a, b) => compareGroups(a.group, b.group) || compareGroups(a.currency, b.currency),
  )
  return {
    by: by ?? null,
    since,
    until,
    asOf: formatTimestamp(asOf),
    groups: inOrder.map(groupOf),
    hint: await hintOfLabel(db, by, inOrder),
  }
}

function emptySums(group: string | null, currency: string | null): Sums {
  return { group, currency, stores: 0, range: null, downtimeMs: 0, unpricedMs: 0, unknownMs: 0 }
}

function withStore(sums: Sums, { range, downtimeMs, unpricedMs, unknownMs }: ExactSales): Sums {
  return {
    ...sums,
    stores: sums.stores + (downtimeMs > 0 ? 1 : 0),
    range: added(sums.range, downtimeMs > 0 ? range : null),
    downtimeMs: sums.downtimeMs + downtimeMs,
    unpricedMs: sums.unpricedMs + unpricedMs,
    unknownMs: sums.unknownMs + unknownMs,
  }
}

function added(one: SalesRange | null, other: SalesRange | null): SalesRange | null {
  if (one === null || other === null) return one ?? other
  return { low: one.low + other.low, middle: one.middle + other.middle, high: one.high + other.high }
}

/** Where no store was down, nothing was lost. */
function groupOf({ range, ...group }: Sums): SalesGroup {
  const nothing =
    group.downtimeMs === 0 ? { low: 0, middle: 0, high: 0 } : { low: null, middle: null, high: null }
  return { ...group, ...(range === null ? nothing : inTwoDigits(range)) }
}
