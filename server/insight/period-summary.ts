import type { StoreId } from '../../shared/ids.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import type { Db } from '../database/connect.ts'
import { readStoreIds, readStoreNames } from '../database/store-ids.ts'
import { packedPeriodsByPart } from '../reports/period-rows.ts'
import { addTallies, MEASURES, storeKeyOf, talliesOf, tallyAt } from '../reports/period-totals.ts'
import type { Tally } from '../uptime/tally.ts'

export interface StoreOfPeriod extends Tally {
  readonly storeId: StoreId
  readonly storeName: string | null
  readonly uptimePercent: number | null
}

/** What a report by period of few periods has of all stores together, and of the worst. */
export interface PeriodSummary {
  readonly stores: number
  /** Of how many nothing is known in the last period, though they had business time. */
  readonly unheard: number
  /** Of each period the sums of all stores. */
  readonly sums: readonly Tally[]
  /** Those that were down for longest in the last period. */
  readonly worst: readonly StoreOfPeriod[]
}

export async function summaryOfPeriods(
  db: Db,
  reportKey: number,
  { periods, most }: { readonly periods: number; readonly most: number },
): Promise<PeriodSummary> {
  const sums = new Float64Array(periods * MEASURES)
  let stores = 0
  let unheard = 0
  let worst: (Tally & { readonly storeKey: number })[] = []
  for await (const { totals, storeCount } of packedPeriodsByPart(db, reportKey, periods)) {
    stores += storeCount
    const ofPart: typeof worst = []
    for (let store = 0; store < storeCount; store++) {
      const tallies = talliesOf(totals, store, periods)
      addTallies(sums, tallies)
      const tally = tallyAt(tallies, (periods - 1) * MEASURES)
      if (tally.unknownMs > 0 && tally.uptimeMs + tally.downtimeMs === 0) unheard++
      if (tally.downtimeMs > 0) ofPart.push({ storeKey: storeKeyOf(totals, store, periods), ...tally })
    }
    // Stores come in the order of their ids, in which those that are equal stay.
    worst = [...worst, ...ofPart].sort((a, b) => b.downtimeMs - a.downtimeMs).slice(0, most)
  }
  const storeKeys = worst.map(({ storeKey }) => storeKey)
  const idOf = await readStoreIds(db, storeKeys)
  const nameOf = await readStoreNames(db, storeKeys)
  return {
    stores,
    unheard,
    sums: Array.from({ length: periods }, (_, period) => tallyAt(sums, period * MEASURES)),
    worst: worst.map(({ storeKey, ...tally }) => ({
      storeId: idOf.get(storeKey)!,
      storeName: nameOf.get(storeKey) ?? null,
      ...tally,
      uptimePercent: uptimePercent(tally.uptimeMs, tally.downtimeMs),
    })),
  }
}
