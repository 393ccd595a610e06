import type { StoreId } from '../../shared/ids.ts'
import type { OutageGroup, OutageGroups, OutageGroupsQuery, OutageRow } from '../../shared/outage.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from '../database/connect.ts'
import { hintOfLabel, readLabelValuesById } from '../database/labelled.ts'
import { asOfMsOf } from '../reports/as-of.ts'
import { compareGroups } from '../reports/groups.ts'
import { outagesByStore } from './outages.ts'
import { someAtOnce } from './some-at-once.ts'

/**
 * The outages of each group that a label's values make, in the order of the values, and last those of the stores that have
 * none: rules 29 and 32 of docs/uptime.md.
 */
export async function groupOutages(db: Db, query: OutageGroupsQuery): Promise<OutageGroups> {
  const { by, since, until, ...options } = query
  // All stores look back from the same instant, whatever is imported meanwhile.
  const asOf = await asOfMsOf(db, options)
  const groups = new Map<string | null, OutageGroup>()
  for await (const stores of someAtOnce(outagesByStore(db, { ...query, asOf }, undefined))) {
    const ids = stores.map(({ storeId }) => storeId)
    const valueOf: ReadonlyMap<StoreId, string> = await readLabelValuesById(db, by, ids)
    for (const { storeId, outages } of stores) {
      const value = valueOf.get(storeId) ?? null
      groups.set(value, withStore(groups.get(value) ?? emptyGroup(value), outages))
    }
  }
  const inOrder = [...groups.values()].sort((a, b) => compareGroups(a.group, b.group))
  const hint = await hintOfLabel(db, by, inOrder)
  return { by, since, until, asOf: formatTimestamp(asOf), groups: inOrder, hint }
}

function emptyGroup(group: string | null): OutageGroup {
  return { group, stores: 0, storesWithOutages: 0, outages: 0, ongoing: 0, downtimeMs: 0, longest: null }
}

function withStore(group: OutageGroup, outages: readonly OutageRow[]): OutageGroup {
  return {
    ...group,
    stores: group.stores + 1,
    storesWithOutages: group.storesWithOutages + Number(outages.length > 0),
    outages: group.outages + outages.length,
    ongoing: group.ongoing + outages.filter(({ end }) => end === null).length,
    downtimeMs: outages.reduce((sum, { downtimeMs }) => sum + downtimeMs, group.downtimeMs),
    longest: outages.reduce(longer, group.longest),
  }
}

/** Of two that are as long, the first. */
function longer(longest: OutageRow | null, outage: OutageRow): OutageRow {
  return longest === null || outage.downtimeMs > longest.downtimeMs ? outage : longest
}
