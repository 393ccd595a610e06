import type { GroupRow } from '../../shared/group.ts'
import {
  byPercentKey,
  byTotalKey,
  reportColumns,
  reportWindows,
  uptimePercent,
} from '../../shared/report-columns.ts'
import type { Db } from '../database/connect.ts'
import { readLabelValues } from '../database/labelled.ts'
import { createPercents, type Percents } from './percents.ts'
import { totalsByPart } from './rows.ts'
import { columnOf, storeCountOf, storeKeyAt, totalAt, type PackedTotals } from './totals.ts'
import { windowColumns } from './window-columns.ts'

interface Sums {
  stores: number
  /** In the order of `reportColumns`. */
  readonly totals: Float64Array
  /** Of each window, those of its stores. */
  readonly percents: readonly Percents[]
}

/**
 * The groups that a label's values make of a complete report's stores, in the order of the values, and last the stores that
 * have none: rule 32 of docs/uptime.md.
 */
export async function groupsOf(db: Db, reportKey: number, label: string): Promise<GroupRow[]> {
  const groups = new Map<string | null, Sums>()
  for await (const totals of totalsByPart(db, reportKey)) {
    const storeKeys = Array.from({ length: storeCountOf(totals) }, (_, store) => storeKeyAt(totals, store))
    const valueOf = await readLabelValues(db, label, storeKeys)
    for (const [store, storeKey] of storeKeys.entries()) {
      const value = valueOf.get(storeKey) ?? null
      let sums = groups.get(value)
      if (sums === undefined) groups.set(value, (sums = noSums()))
      addStore(sums, totals, store)
    }
  }
  return [...groups].sort(([a], [b]) => compareGroups(a, b)).map(([group, sums]) => rowOf(group, sums))
}

function noSums(): Sums {
  return {
    stores: 0,
    totals: new Float64Array(reportColumns.length),
    percents: reportWindows.map(createPercents),
  }
}

function addStore(sums: Sums, totals: PackedTotals, store: number): void {
  sums.stores++
  for (let column = 0; column < reportColumns.length; column++) {
    sums.totals[column]! += totalAt(totals, store, column)
  }
  columnsOfWindows.forEach(({ uptime, downtime }, window) => {
    sums.percents[window]!.add(totalAt(totals, store, uptime), totalAt(totals, store, downtime))
  })
}

const columnsOfWindows = reportWindows.map(({ name }) => windowColumns[name])

/** In the order of the values, and last the stores that have none. */
export function compareGroups(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return a < b ? -1 : Number(a > b)
}

function rowOf(group: string | null, { stores, totals, percents }: Sums): GroupRow {
  const sum = (column: number) => totals[column]!
  const byWindow = reportWindows.map(({ name }, window) => {
    const { uptime, downtime, unknown, excused } = windowColumns[name]
    const observedMs = sum(uptime) + sum(downtime)
    const restMs = sum(unknown) + sum(excused)
    return {
      [`observed${name}Percent`]: uptimePercent(observedMs, restMs),
      [`medianUptime${name}Percent`]: percents[window]!.median(),
    }
  })
  return {
    group,
    stores,
    ...byTotalKey(({ key }) => sum(columnOf(key))),
    ...byPercentKey(({ uptimeKey, downtimeKey }) =>
      uptimePercent(sum(columnOf(uptimeKey)), sum(columnOf(downtimeKey))),
    ),
    ...(Object.assign({}, ...byWindow) as Pick<GroupRow, WindowKeys>),
  }
}

type WindowKeys = Extract<keyof GroupRow, `observed${string}` | `medianUptime${string}`>
