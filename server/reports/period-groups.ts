import type { Page } from '../../shared/page.ts'
import type { PeriodGroupRow, PeriodGroupsQuery } from '../../shared/period-group.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import type { Db } from '../database/connect.ts'
import { readLabelValues } from '../database/labelled.ts'
import type { Periods } from '../uptime/periods.ts'
import { namesOfPeriods } from './asked-time.ts'
import { compareGroups } from './groups.ts'
import { createPercents, type Percents } from './percents.ts'
import { packedPeriodsByPart } from './period-rows.ts'
import {
  addTallies,
  figuresOf,
  MEASURES,
  storeKeyOf,
  talliesOf,
  tallyAt,
  type PeriodTotals,
} from './period-totals.ts'
import { parseOffset } from './rows.ts'

/** A complete report by period. */
export interface PeriodReport {
  readonly reportKey: number
  readonly periods: Periods
}

/**
 * Reads pages of a complete report by period, rolled up by a label, or all stores as one. The rows do not change any more, so
 * that a cursor is the number of rows before the page; those of the last query are kept for its next page.
 */
export function createPeriodGroupReader(
  db: Db,
): (report: PeriodReport, query: Omit<PeriodGroupsQuery, 'reportId'>) => Promise<Page<PeriodGroupRow>> {
  let last: { readonly key: string; readonly rows: readonly PeriodGroupRow[] } | undefined
  return async (report, { by, cursor, limit }) => {
    const offset = parseOffset(cursor)
    const key = JSON.stringify([report.reportKey, by])
    if (last?.key !== key) last = { key, rows: await periodGroupsOf(db, report, by) }
    const items = last.rows.slice(offset, offset + limit)
    const next = offset + items.length
    return { items, nextCursor: items.length > 0 && next < last.rows.length ? String(next) : null }
  }
}

interface Sums {
  stores: number
  /** A tally's totals for each period. */
  readonly tallies: Float64Array
  readonly percents: readonly Percents[]
}

/** In the order of the groups, then of time: rule 32 of docs/uptime.md. */
async function periodGroupsOf(
  db: Db,
  { reportKey, periods }: PeriodReport,
  label: string | undefined,
): Promise<PeriodGroupRow[]> {
  const names = namesOfPeriods(periods)
  const noSums = (): Sums => ({
    stores: 0,
    tallies: new Float64Array(names.length * MEASURES),
    percents: names.map(createPercents),
  })
  const groups = new Map<string | null, Sums>()
  for await (const { totals, storeCount } of packedPeriodsByPart(db, reportKey, names.length)) {
    const storeKeys = Array.from({ length: storeCount }, (_, i) => storeKeyOf(totals, i, names.length))
    const valueOf = label === undefined ? undefined : await readLabelValues(db, label, storeKeys)
    for (const [store, storeKey] of storeKeys.entries()) {
      const group = valueOf?.get(storeKey) ?? null
      let sums = groups.get(group)
      if (sums === undefined) groups.set(group, (sums = noSums()))
      addStore(sums, totals, store)
    }
  }
  return [...groups]
    .sort(([a], [b]) => compareGroups(a, b))
    .flatMap(([group, sums]) => names.map((period, i) => rowOf(group, period, sums, i)))
}

function addStore(sums: Sums, totals: PeriodTotals, store: number): void {
  sums.stores++
  const tallies = talliesOf(totals, store, sums.percents.length)
  addTallies(sums.tallies, tallies)
  sums.percents.forEach((percents, period) =>
    percents.add(tallies[period * MEASURES]!, tallies[period * MEASURES + 1]!),
  )
}

function rowOf(
  group: string | null,
  period: string,
  { stores, tallies, percents }: Sums,
  i: number,
): PeriodGroupRow {
  const tally = tallyAt(tallies, i * MEASURES)
  const { uptimeMs, downtimeMs, unknownMs, excusedMs } = tally
  return {
    group,
    period,
    stores,
    ...figuresOf(tally),
    observedPercent: uptimePercent(uptimeMs + downtimeMs, unknownMs + excusedMs),
    medianUptimePercent: percents[i]!.median(),
  }
}
